// IDIOM: varargs
// RUN: %may_modify %s | %FileCheck
static int a, b, c;
static void set_all(int n, ...) { __builtin_va_list l; __builtin_va_start(l, n); while (n--) *__builtin_va_arg(l, int *) = 1; __builtin_va_end(l); }
void two(void) { set_all(2, &a, &b); }
int *keep(void) { return &c; }
// CHECK:keep:
// CHECK-NEXT:end
// CHECK-NEXT:two:
// CHECK-NEXT:varargs.c:a
// CHECK-NEXT:varargs.c:b
// CHECK-NEXT:end
