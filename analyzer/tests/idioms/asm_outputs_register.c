// IDIOM: asm_outputs
// RUN: %may_modify %s | %FileCheck
struct cpu { unsigned long flags, cr0; int index; };
static struct cpu cpu;
static int unrelated;
void save_flags(void) { __asm__ volatile("pushf; pop %0" : "=rm"(cpu.flags) :: "memory"); }
void read_cr0(void) { unsigned long v; __asm__ volatile("mov %%cr0,%0" : "=r"(v)); cpu.cr0 = v; }
void bump(void) { __asm__("incl %0" : "+r"(cpu.index)); }
int look(void) { int r; __asm__("movl %1,%0" : "=r"(r) : "m"(unrelated)); return r; }
// CHECK:bump:
// CHECK-NEXT:asm_outputs_register.c:cpu.index
// CHECK-NEXT:end
// CHECK-NEXT:look:
// CHECK-NEXT:end
// CHECK-NEXT:read_cr0:
// CHECK-NEXT:asm_outputs_register.c:cpu.cr0
// CHECK-NEXT:end
// CHECK-NEXT:save_flags:
// CHECK-NEXT:asm_outputs_register.c:cpu.flags
// CHECK-NEXT:end
