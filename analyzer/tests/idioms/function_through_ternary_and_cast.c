// IDIOM: function_pointer_layers
// RUN: %may_modify %s | %FileCheck
typedef int (*int_fn)(int); typedef void *(*any_fn)(void *); static int x, y, z; static int fx(int n) { return x = n; } static int fy(int n) { return y = n; } static int fz(int n) { return z = n; }
static any_fn hide(int_fn f) { return (any_fn)f; }
int run(int c, int n) { any_fn f = hide(c ? fx : fy); return ((int_fn)f)(n); }
int_fn get(void) { return fz; }
// CHECK:fz:
// CHECK-NEXT:function_through_ternary_and_cast.c:z
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:run:
// CHECK-NEXT:function_through_ternary_and_cast.c:x
// CHECK-NEXT:function_through_ternary_and_cast.c:y
// CHECK-NEXT:end
