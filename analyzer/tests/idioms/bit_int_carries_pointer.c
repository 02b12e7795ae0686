// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* Pointers in integers of other widths: exactly a pointer's, 48 bits of a bit-field, twice as wide. */
struct s { int v; }; static struct s a, b, cold; static unsigned _BitInt(64) word; static unsigned _BitInt(128) both; static struct { unsigned long address : 48; unsigned long tag : 16; } packed;
void set(void) { word = (unsigned long)&a; both = (unsigned _BitInt(128))(unsigned long)&b << 64; packed.address = (unsigned long)&a; packed.tag = 7; }
void use_word(void) { ((struct s *)(unsigned long)word)->v = 1; }
void use_both(void) { ((struct s *)(unsigned long)(both >> 64))->v = 2; }
void use_packed(void) { ((struct s *)(unsigned long)packed.address)->v = 3; }
int get(void) { return cold.v; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:bit_int_carries_pointer.c:both
// CHECK-NEXT:bit_int_carries_pointer.c:packed.address
// CHECK-NEXT:bit_int_carries_pointer.c:packed.tag
// CHECK-NEXT:bit_int_carries_pointer.c:word
// CHECK-NEXT:end
// CHECK-NEXT:use_both:
// CHECK-NEXT:bit_int_carries_pointer.c:b.v
// CHECK-NEXT:end
// CHECK-NEXT:use_packed:
// CHECK-NEXT:bit_int_carries_pointer.c:a.v
// CHECK-NEXT:end
// CHECK-NEXT:use_word:
// CHECK-NEXT:bit_int_carries_pointer.c:a.v
// CHECK-NEXT:end
