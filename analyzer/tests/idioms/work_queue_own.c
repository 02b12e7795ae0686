// IDIOM: deferred_work
// RUN: %may_modify %s | %FileCheck
#define container_of(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))
struct work { void (*func)(struct work *); struct work *next; int pending; };
static struct work *queue;
static void queue_work(struct work *w) { if (!w->pending) { w->pending = 1; w->next = queue; queue = w; } }
struct nic { int resets; struct work reset_work; }; static struct nic nic; static int unrelated;
static void do_reset(struct work *w) { container_of(w, struct nic, reset_work)->resets++; }
void nic_init(void) { nic.reset_work.func = do_reset; }
void nic_timeout(void) { queue_work(&nic.reset_work); }
void worker(void) { struct work *w; while ((w = queue)) { queue = w->next; w->pending = 0; w->func(w); } }
int get(void) { return unrelated; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:nic_init:
// CHECK-NEXT:work_queue_own.c:nic.reset_work.func
// CHECK-NEXT:end
// CHECK-NEXT:nic_timeout:
// CHECK-NEXT:work_queue_own.c:nic.reset_work.next
// CHECK-NEXT:work_queue_own.c:nic.reset_work.pending
// CHECK-NEXT:work_queue_own.c:queue
// CHECK-NEXT:end
// CHECK-NEXT:worker:
// CHECK-NEXT:work_queue_own.c:nic.reset_work.pending
// CHECK-NEXT:work_queue_own.c:nic.resets
// CHECK-NEXT:work_queue_own.c:queue
// CHECK-NEXT:end
