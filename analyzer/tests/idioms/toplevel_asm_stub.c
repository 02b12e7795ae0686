// IDIOM: assembly_only
// RUN: %may_modify %s | %FileCheck
/* An entry stub in assembly of the same file calls the handler in C. */
int ticks; static int cold;
void __attribute__((used)) timer_handler(void) { ticks++; }
__asm__(".globl timer_stub\ntimer_stub:\n\tpushq %rax\n\tcall timer_handler\n\tpopq %rax\n\tret\n");
extern void timer_stub(void);
void simulate(void) { timer_stub(); }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:simulate:
// CHECK-NEXT:*  [by unknown]  (2 leaves)
// CHECK-NEXT:unknown: outside-call timer_stub in simulate
// CHECK-NEXT:end
// CHECK-NEXT:timer_handler:
// CHECK-NEXT:ticks
// CHECK-NEXT:end
