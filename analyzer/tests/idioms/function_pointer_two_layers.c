// IDIOM: function_pointer_layers
// RUN: %may_modify %s | %FileCheck
static int hit, miss;
static void target(int *p) { *p = 1; }
static void inner(void (*f)(int *), int *p) { f(p); }
static void outer(void (*f)(int *), int *p) { inner(f, p); }
void go(void) { outer(target, &hit); }
int *keep(void) { return &miss; }
// CHECK:go:
// CHECK-NEXT:function_pointer_two_layers.c:hit
// CHECK-NEXT:end
// CHECK-NEXT:keep:
// CHECK-NEXT:end
