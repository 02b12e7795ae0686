// IDIOM: asm_pointer_memory
// RUN: env FLAGS=-masm=intel %may_modify %s | %FileCheck
/* Intel order by the compiler's command. */
static int state, cold;
void set(int v) { __asm__ volatile("mov dword ptr [%0], %1" : : "r"(&state), "r"(v) : "memory"); }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:asm_intel_flag.c:state
// CHECK-NEXT:end
