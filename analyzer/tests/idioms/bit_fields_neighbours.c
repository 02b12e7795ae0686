// IDIOM: bit_fields
// RUN: %may_modify %s | %FileCheck
typedef unsigned int u32;
struct pte { u32 present : 1; u32 write : 1; u32 user : 1; u32 avail : 9; u32 frame : 20; };
struct flags { unsigned char a : 3, b : 5; unsigned short c; } __attribute__((packed));
static struct pte table[1024];
static struct flags flags;
void map(int i, u32 frame) { table[i & 1023].frame = frame; table[i & 1023].present = 1; }
void protect(int i) { table[i & 1023].write &= 0; }
void set_b(int b) { flags.b = (unsigned char)b; }
int user(int i) { return (int)table[i & 1023].user + flags.a; }
// CHECK:map:
// CHECK-NEXT:bit_fields_neighbours.c:table[].frame
// CHECK-NEXT:bit_fields_neighbours.c:table[].present
// CHECK-NEXT:end
// CHECK-NEXT:protect:
// CHECK-NEXT:bit_fields_neighbours.c:table[].write
// CHECK-NEXT:end
// CHECK-NEXT:set_b:
// CHECK-NEXT:bit_fields_neighbours.c:flags.b
// CHECK-NEXT:end
// CHECK-NEXT:user:
// CHECK-NEXT:end
