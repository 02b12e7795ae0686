// IDIOM: asm_launder
// RUN: %may_modify %s | %FileCheck
#define HIDE(p) ({ unsigned long _r; __asm__("" : "=r"(_r) : "0"(p)); (typeof(p))_r; })
struct task { int state; int other; };
static struct task init_task;
void wake(void) { HIDE(&init_task)->state = 1; }
// CHECK:wake:
// CHECK-NEXT:asm_launder.c:init_task.state
// CHECK-NEXT:end
