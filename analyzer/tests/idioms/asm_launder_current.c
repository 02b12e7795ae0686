// IDIOM: asm_launder
// RUN: %may_modify %s | %FileCheck
/* current: read from a per-CPU variable by assembly; what is there is what the scheduler put. */
struct task { int pid; int need_resched; struct task *parent; };
static struct task *current_task __attribute__((section(".data..percpu")));
static struct task init_task, swapper;
static inline __attribute__((const)) struct task *get_current(void) { struct task *p; __asm__("movq %%gs:%P1,%0" : "=r"(p) : "p"(&current_task)); return p; }
#define current get_current()
void start(void) { current_task = &init_task; }
void set_need_resched(void) { current->need_resched = 1; }
int swapper_pid(void) { return swapper.pid; }
// CHECK:set_need_resched:
// CHECK-NEXT:asm_launder_current.c:init_task.need_resched
// CHECK-NEXT:end
// CHECK-NEXT:start:
// CHECK-NEXT:asm_launder_current.c:current_task
// CHECK-NEXT:end
// CHECK-NEXT:swapper_pid:
// CHECK-NEXT:end
