// IDIOM: bit_fields
// RUN: %may_modify %s | %FileCheck
/* The handler's address is cut into three fields: hardware joins it, no code does. */
typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long u64;
struct gate { u16 offset_low, segment; u16 ist : 3, zero : 5, type : 5, dpl : 2, p : 1; u16 offset_middle; u32 offset_high; u32 reserved; } __attribute__((packed));
static struct gate idt[256];
static int faults;
void page_fault(void) { faults++; }
void set_gate(int n, void (*fn)(void)) { u64 a = (u64)fn; idt[n & 255].offset_low = (u16)a; idt[n & 255].offset_middle = (u16)(a >> 16); idt[n & 255].offset_high = (u32)(a >> 32); idt[n & 255].p = 1; }
void trap_init(void) { set_gate(14, page_fault); }
// CHECK:page_fault:
// CHECK-NEXT:bit_fields_idt_gate.c:faults
// CHECK-NEXT:end
// CHECK-NEXT:set_gate:
// CHECK-NEXT:bit_fields_idt_gate.c:idt[].offset_high
// CHECK-NEXT:bit_fields_idt_gate.c:idt[].offset_low
// CHECK-NEXT:bit_fields_idt_gate.c:idt[].offset_middle
// CHECK-NEXT:bit_fields_idt_gate.c:idt[].p
// CHECK-NEXT:end
// CHECK-NEXT:trap_init:
// CHECK-NEXT:bit_fields_idt_gate.c:idt[].offset_high
// CHECK-NEXT:bit_fields_idt_gate.c:idt[].offset_low
// CHECK-NEXT:bit_fields_idt_gate.c:idt[].offset_middle
// CHECK-NEXT:bit_fields_idt_gate.c:idt[].p
// CHECK-NEXT:end
