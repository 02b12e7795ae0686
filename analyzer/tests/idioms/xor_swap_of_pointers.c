// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* Two pointers change places by three exclusive-ors. */
typedef unsigned long u64; struct item { int uses; }; static struct item one, two, spare; static struct item *a = &one, *b = &two;
void swap(void) { u64 x = (u64)a, y = (u64)b; x ^= y; y ^= x; x ^= y; a = (struct item *)x; b = (struct item *)y; }
void use(void) { a->uses++; }
int get(void) { return spare.uses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:swap:
// CHECK-NEXT:xor_swap_of_pointers.c:a
// CHECK-NEXT:xor_swap_of_pointers.c:b
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:xor_swap_of_pointers.c:one.uses
// CHECK-NEXT:xor_swap_of_pointers.c:two.uses
// CHECK-NEXT:end
