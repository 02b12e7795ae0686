// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* Instructions that read memory through a pointer or touch processor state alone, "memory" clobber or not. */
struct desc_ptr { unsigned short size; unsigned long address; } __attribute__((packed));
static struct desc_ptr idt;
static long line;
struct fpu { unsigned char area[512]; };
static struct fpu fpu_a, fpu_b;
void load_idt(void) { __asm__ volatile("lidt %0" :: "m"(idt) : "memory"); }
void save_idt(void) { __asm__ volatile("sidt %0" : "=m"(idt)); }
void flush(void) { __asm__ volatile("clflush (%0)" :: "r"(&line) : "memory"); }
void fxsave(void) { __asm__ volatile("fxsave (%0)" :: "r"(&fpu_a) : "memory"); }
void fxrstor(void) { __asm__ volatile("fxrstor (%0)" :: "r"(&fpu_b) : "memory"); }
// CHECK:flush:
// CHECK-NEXT:end
// CHECK-NEXT:fxrstor:
// CHECK-NEXT:end
// CHECK-NEXT:fxsave:
// CHECK-NEXT:asm_pointer_lgdt_and_clflush.c:fpu_a.area[]
// CHECK-NEXT:end
// CHECK-NEXT:load_idt:
// CHECK-NEXT:end
// CHECK-NEXT:save_idt:
// CHECK-NEXT:asm_pointer_lgdt_and_clflush.c:idt.address
// CHECK-NEXT:asm_pointer_lgdt_and_clflush.c:idt.size
// CHECK-NEXT:end
