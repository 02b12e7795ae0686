// IDIOM: external_getter
// RUN: %may_modify %s | %FileCheck
struct task { int state; int exit_code; };
extern struct task *find_task(int pid);
struct task init_task;
static struct task hidden;
int kill(int pid) { struct task *t = find_task(pid); if (!t) return -1; t->state = 1; return 0; }
void reap(void) { hidden.exit_code = 0; }
// CHECK:kill:
// CHECK-NEXT:*  [by unknown]  (4 leaves)
// EXTRA-NEXT:external_getter_typed.c:hidden.state
// CHECK-NEXT:init_task.state
// CHECK-NEXT:struct task.state
// CHECK-NEXT:unknown: outside-call find_task in kill
// CHECK-NEXT:end
// CHECK-NEXT:reap:
// CHECK-NEXT:external_getter_typed.c:hidden.exit_code
// CHECK-NEXT:end
