// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
struct inner { int a; int *p; };
struct outer { int x; struct inner inner; int y; };
static int target;
static struct outer from = {1, {2, &target}, 3}, to;
void assign(void) { to.inner = from.inner; }
void use(void) { *to.inner.p = 1; }
// CHECK:assign:
// CHECK-NEXT:struct_assignment.c:to.inner.a
// CHECK-NEXT:struct_assignment.c:to.inner.p
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:struct_assignment.c:target
// CHECK-NEXT:end
