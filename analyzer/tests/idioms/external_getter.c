// IDIOM: external_getter
// RUN: %may_modify %s | %FileCheck
struct task { int state; int flags; };
extern struct task *get_task(void);
void stop(void) { get_task()->state = 0; }
// CHECK:stop:
// CHECK-NEXT:*  [by unknown]
// CHECK-NEXT:struct task.state
// CHECK-NEXT:unknown: outside-call get_task in stop
// CHECK-NEXT:end
