// IDIOM: typed_calls
// RUN: rm -rf %t.d && %split %t.d && env MANIFEST=%t.d/manifest %may_modify %t.d/server.c | %FileCheck
/* Hooks of different types kept in one list of void pointers, as tracepoints are: where calls are typed, each call reaches those of its type. */
//--- manifest
[kernel]
name = typed
source_root = .
calls = typed
[entity server]
path = server.c
role = server
[transactions]
entry = add
entry = send_signal
entry = start_task
//--- server.c
struct task { int pid; };
struct probe { void *function; struct probe *next; };
static struct probe probes[8];
static struct probe *hooks;
static int used, signals, tasks, last_pid;
static void on_signal(int number) { signals += number; }
static void on_task(struct task *task) { last_pid = task->pid; tasks++; }
void add(int which) {
    struct probe *probe = &probes[used++ & 7];
    probe->function = which ? (void *)on_signal : (void *)on_task;
    probe->next = hooks;
    hooks = probe;
}
void send_signal(int number) {
    for (struct probe *probe = hooks; probe; probe = probe->next) ((void (*)(int))probe->function)(number);
}
void start_task(struct task *task) {
    for (struct probe *probe = hooks; probe; probe = probe->next) ((void (*)(struct task *))probe->function)(task);
}
//--- expected
// CHECK:add:
// CHECK-NEXT:server.c:hooks
// CHECK-NEXT:server.c:probes[].function
// CHECK-NEXT:server.c:probes[].next
// CHECK-NEXT:server.c:used
// CHECK-NEXT:end
// CHECK-NEXT:send_signal:
// CHECK-NEXT:server.c:signals
// CHECK-NEXT:end
// CHECK-NEXT:start_task:
// CHECK-NEXT:server.c:last_pid
// CHECK-NEXT:server.c:tasks
// CHECK-NEXT:end
