// IDIOM: asm_goto
// RUN: %may_modify %s | %FileCheck
static int *slot, a, b;
void publish(void) { int *p = &a; __asm__ volatile("xchg %0, %1" : "+r"(p), "+m"(slot) : : "memory"); if (p) *p = 2; }
void set(void) { slot = &b; }
void jump(void) { __asm__ goto("jmp %l0" : : : : out); a = 1; out:; }
// CHECK:jump:
// CHECK-NEXT:asm_goto_exchange.c:a
// CHECK-NEXT:end
// CHECK-NEXT:publish:
// CHECK-NEXT:asm_goto_exchange.c:a
// CHECK-NEXT:asm_goto_exchange.c:b
// CHECK-NEXT:asm_goto_exchange.c:slot
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:asm_goto_exchange.c:slot
// CHECK-NEXT:end
