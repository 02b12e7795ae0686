// IDIOM: alias_weak
// RUN: %may_modify %s | %FileCheck
/* One variable, two names: the second is set by the assembler. */
int real_state; extern int shadow; static int cold;
__asm__(".globl shadow\n.set shadow, real_state");
void set(void) { shadow = 1; }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:real_state
// CHECK-NEXT:end
