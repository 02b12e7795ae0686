// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* Jumps into functions, by operand and by pushing the address and returning to it. */
static int state, other, cold;
static void work(int *p) { *p = 1; }
static void more(int *p) { *p = 2; }
__attribute__((noreturn)) void go(void) { __asm__ volatile("jmp *%0" : : "r"(work), "D"(&state)); __builtin_unreachable(); }
__attribute__((noreturn)) void back(void) { __asm__ volatile("pushq %0\n\tret" : : "r"(more), "D"(&other)); __builtin_unreachable(); }
int get(void) { return cold; }
// CHECK:back:
// CHECK-NEXT:asm_jumps_to_code.c:other
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:go:
// CHECK-NEXT:asm_jumps_to_code.c:state
// CHECK-NEXT:end
