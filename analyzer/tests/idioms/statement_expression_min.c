// IDIOM: statement_expression
// RUN: %may_modify %s | %FileCheck
#define min(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); (void)(&_a == &_b); _a < _b ? _a : _b; })
#define fetch(p) ({ struct slot *_s = (p); _s->reads++; _s; })
struct slot { int reads; int limit; };
static struct slot slots[2]; static int level;
void lower(int n) { level = min(level, n); }
int limit(void) { return fetch(&slots[0])->limit; }
void swap_limits(void) { ({ int t = slots[0].limit; slots[0].limit = slots[1].limit; slots[1].limit = t; }); }
// CHECK:limit:
// CHECK-NEXT:statement_expression_min.c:slots[].reads
// CHECK-NEXT:end
// CHECK-NEXT:lower:
// CHECK-NEXT:statement_expression_min.c:level
// CHECK-NEXT:end
// CHECK-NEXT:swap_limits:
// CHECK-NEXT:statement_expression_min.c:slots[].limit
// CHECK-NEXT:end
