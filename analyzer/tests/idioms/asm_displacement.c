// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* Stores at a displacement from an operand reach members that the operand does not name. */
struct save { unsigned long ip, sp, flags; int mode; }; static struct save save; static int cold;
void snapshot(void) { __asm__ volatile("movq %%rsp, 8%0\n\tmovq %%rbp, %0" : "=m"(save.ip) : : "memory"); }
void snapshot_by_register(void) { __asm__ volatile("movq %%rsp, 16(%0)" : : "r"(&save) : "memory"); }
int get(void) { return save.mode + cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:snapshot:
// EXTRA-NEXT:asm_displacement.c:save.flags
// CHECK-NEXT:asm_displacement.c:save.ip
// EXTRA-NEXT:asm_displacement.c:save.mode
// CHECK-NEXT:asm_displacement.c:save.sp
// CHECK-NEXT:end
// CHECK-NEXT:snapshot_by_register:
// CHECK-NEXT:asm_displacement.c:save.flags
// EXTRA-NEXT:asm_displacement.c:save.ip
// EXTRA-NEXT:asm_displacement.c:save.mode
// EXTRA-NEXT:asm_displacement.c:save.sp
// CHECK-NEXT:end
