// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* Two pointers in a vector. */
typedef long v2 __attribute__((vector_size(16))); struct item { int uses; }; static struct item one, two, spare; static v2 kept;
void put(void) { kept = (v2){(long)&one, (long)&two}; }
void use(int i) { ((struct item *)kept[i & 1])->uses++; }
int get(void) { return spare.uses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:put:
// CHECK-NEXT:vector_carries_pointers.c:kept
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:vector_carries_pointers.c:one.uses
// CHECK-NEXT:vector_carries_pointers.c:two.uses
// CHECK-NEXT:end
