// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* Kernels whose addresses fit in 32 bits keep them there. */
typedef unsigned int u32; struct item { int uses; }; static struct item one, spare; static u32 small; static int cold;
void put(void) { small = (u32)(unsigned long)&one; }
void use(void) { ((struct item *)(unsigned long)small)->uses++; }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:put:
// CHECK-NEXT:compressed_pointer.c:small
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:compressed_pointer.c:one.uses
// CHECK-NEXT:struct item.uses
// CHECK-NEXT:end
