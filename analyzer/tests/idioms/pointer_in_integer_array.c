// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* Pointers kept in an array of integers. */
struct item { int uses; }; static struct item one, two, spare; static unsigned long slots[4];
void put(int i) { slots[i & 3] = (unsigned long)(i ? &one : &two); }
void use(int i) { ((struct item *)slots[i & 3])->uses++; }
int get(void) { return spare.uses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:put:
// CHECK-NEXT:pointer_in_integer_array.c:slots[]
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:pointer_in_integer_array.c:one.uses
// CHECK-NEXT:pointer_in_integer_array.c:two.uses
// CHECK-NEXT:end
