// IDIOM: bit_fields
// RUN: %may_modify %s | %FileCheck
/* The word of a register and its fields; a word is stored, a field is, a pointer lies in the upper field. */
typedef union { struct { unsigned ready : 1, mode : 3, count : 12, rest : 16; }; unsigned raw; } control_t;
struct entry { unsigned long present : 1, flags : 11, address : 52; }; struct page { int users; };
static control_t control; static struct entry entry; static struct page page __attribute__((aligned(4096))), cold; static struct { unsigned a : 4; unsigned : 0; unsigned b : 4; } split;
void write_raw(unsigned v) { control.raw = v; }
void set_mode(unsigned m) { control.mode = m; }
void map(void) { entry.address = (unsigned long)&page >> 12; entry.present = 1; }
void touch(void) { ((struct page *)((unsigned long)entry.address << 12))->users++; }
void set_b(void) { split.b = 1; }
int get(void) { return cold.users; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:map:
// CHECK-NEXT:bit_fields_by_union_word.c:entry.address
// CHECK-NEXT:bit_fields_by_union_word.c:entry.present
// CHECK-NEXT:end
// CHECK-NEXT:set_b:
// CHECK-NEXT:bit_fields_by_union_word.c:split.b
// CHECK-NEXT:end
// CHECK-NEXT:set_mode:
// CHECK-NEXT:bit_fields_by_union_word.c:control.mode
// CHECK-NEXT:end
// CHECK-NEXT:touch:
// CHECK-NEXT:bit_fields_by_union_word.c:page.users
// CHECK-NEXT:end
// CHECK-NEXT:write_raw:
// CHECK-NEXT:bit_fields_by_union_word.c:control.raw
// CHECK-NEXT:end
