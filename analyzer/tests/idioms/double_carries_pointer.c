// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* A pointer's bits travel as a double. */
struct item { int uses; }; static struct item one, spare; static double boxed;
void put(void) { union { double d; struct item *p; } u; u.p = &one; boxed = u.d; }
void use(void) { union { double d; struct item *p; } u; u.d = boxed; u.p->uses++; }
int get(void) { return spare.uses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:put:
// CHECK-NEXT:double_carries_pointer.c:boxed
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:double_carries_pointer.c:one.uses
// CHECK-NEXT:end
