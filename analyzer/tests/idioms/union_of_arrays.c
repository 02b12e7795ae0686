// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* A frame as named registers, as words and as bytes. */
union frame { struct { unsigned long ip, sp, flags; } named; unsigned long words[3]; unsigned char raw[0]; };
static union frame frame, spare; static int cold;
void by_word(int i) { frame.words[i % 3] = 1; }
void by_name(void) { frame.named.sp = 1; }
void by_raw(int i) { frame.raw[i] = 1; }
int get(void) { return (int)spare.named.ip + cold; }
// CHECK:by_name:
// CHECK-NEXT:union_of_arrays.c:frame.named.sp
// CHECK-NEXT:end
// CHECK-NEXT:by_raw:
// CHECK-NEXT:union_of_arrays.c:frame.raw[]
// CHECK-NEXT:end
// CHECK-NEXT:by_word:
// CHECK-NEXT:union_of_arrays.c:frame.words[]
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
