// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* Assembly calls a function that an operand holds, with the address of state in the first argument's register; it does not say that memory changes. */
static int state, cold;
static void work(int *p) { *p = 1; }
void run(void) { long r; __asm__ volatile("call *%1" : "=a"(r) : "r"(work), "D"(&state) : "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11"); }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:run:
// CHECK-NEXT:asm_call_through_register.c:state
// CHECK-NEXT:end
