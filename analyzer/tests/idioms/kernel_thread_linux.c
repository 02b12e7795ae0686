// IDIOM: deferred_work
// RUN: %may_modify %s | %FileCheck
struct task_struct; extern struct task_struct *kthread_create_on_node(int (*)(void *), void *, int, const char *, ...); extern int wake_up_process(struct task_struct *);
struct daemon { int loops; int starts; struct task_struct *task; }; static struct daemon daemon; extern _Bool kthread_should_stop(void);
static int daemon_main(void *arg) { struct daemon *d = arg; while (!kthread_should_stop()) d->loops++; return 0; }
void daemon_start(void) { daemon.starts++; daemon.task = kthread_create_on_node(daemon_main, &daemon, -1, "daemon"); }
// CHECK:daemon_main:
// CHECK-NEXT:kernel_thread_linux.c:daemon.loops
// CHECK-NEXT:end
// CHECK-NEXT:daemon_start:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:kernel_thread_linux.c:daemon.starts
// CHECK-NEXT:kernel_thread_linux.c:daemon.task
// CHECK-NEXT:end
