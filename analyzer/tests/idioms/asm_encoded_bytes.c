// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* Instructions written as numbers (xsave), and one whose address is implied (clzero). */
struct area { unsigned char bytes[64]; int after; }; static struct area area; static int cold;
void save(void) { __asm__ volatile(".byte 0x48,0x0f,0xae,0x27" : : "D"(&area), "a"(-1), "d"(-1) : "memory"); }
void zero_line(void) { __asm__ volatile("clzero" : : "a"(&area) : "memory"); }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:save:
// CHECK-NEXT:asm_encoded_bytes.c:area.after
// CHECK-NEXT:asm_encoded_bytes.c:area.bytes[]
// CHECK-NEXT:end
// CHECK-NEXT:zero_line:
// EXTRA-NEXT:asm_encoded_bytes.c:area.after
// CHECK-NEXT:asm_encoded_bytes.c:area.bytes[]
// CHECK-NEXT:end
