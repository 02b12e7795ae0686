// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* A pointer in the upper half of an integer of 128 bits. */
typedef unsigned __int128 u128;
struct item { int uses; };
static u128 packed; static struct item one, spare;
void set(unsigned long seq) { packed = ((u128)(unsigned long)&one << 64) | seq; }
void use(void) { struct item *i = (struct item *)(unsigned long)(packed >> 64); i->uses++; }
int get(void) { return spare.uses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:int128_shifted_halves.c:packed
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:int128_shifted_halves.c:one.uses
// CHECK-NEXT:end
