// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* Tags in the top byte, and in the low bits by a variable. */
typedef unsigned long u64; struct item { int uses; }; static struct item one, two, spare; static u64 high, low;
void put_high(u64 tag) { high = (u64)&one | (tag << 56); }
void use_high(void) { ((struct item *)(high & ~(0xffUL << 56)))->uses++; }
void put_low(int bits) { low = (u64)&two | (bits & 7); }
void use_low(void) { ((struct item *)(low & ~7UL))->uses++; }
int get(void) { return spare.uses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:put_high:
// CHECK-NEXT:tag_bits_high_and_low.c:high
// CHECK-NEXT:end
// CHECK-NEXT:put_low:
// CHECK-NEXT:tag_bits_high_and_low.c:low
// CHECK-NEXT:end
// CHECK-NEXT:use_high:
// CHECK-NEXT:tag_bits_high_and_low.c:one.uses
// CHECK-NEXT:end
// CHECK-NEXT:use_low:
// CHECK-NEXT:tag_bits_high_and_low.c:two.uses
// CHECK-NEXT:end
