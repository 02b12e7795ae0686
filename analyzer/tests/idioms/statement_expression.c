// IDIOM: statement_expression
// RUN: %may_modify %s | %FileCheck
#define max(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a > _b ? _a : _b; })
static int low, high;
void raise(int *unused) { (void)unused; *({ int *p = &low; high > 0 ? &high : p; }) = 1; }
int biggest(void) { return max(low, high); }
// CHECK:biggest:
// CHECK-NEXT:end
// CHECK-NEXT:raise:
// CHECK-NEXT:statement_expression.c:high
// CHECK-NEXT:statement_expression.c:low
// CHECK-NEXT:end
