// IDIOM: bit_fields
// RUN: %may_modify %s | %FileCheck
/* Bytes between members are no state, but a store to them is said. */
struct s { char a; int b; }; static struct s s; static int cold;
void set(void) { ((char *)&s)[2] = 1; }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:unknown: padding store_to_padding.c:s in set
// CHECK-NEXT:end
