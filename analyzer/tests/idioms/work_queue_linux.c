// IDIOM: deferred_work
// RUN: %may_modify %s | %FileCheck
/* Linux's queue_work_on and mod_timer lie outside; their models say that the function in the object runs later, as a transaction of its own. */
typedef _Bool bool;
struct list_head { struct list_head *next, *prev; }; struct work_struct { unsigned long data; struct list_head entry; void (*func)(struct work_struct *); };
struct workqueue_struct; extern struct workqueue_struct *system_wq; extern bool queue_work_on(int, struct workqueue_struct *, struct work_struct *);
#define container_of(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))
struct port { int resets; int requests; struct work_struct work; }; static struct port port;
static void port_work(struct work_struct *w) { container_of(w, struct port, work)->resets++; }
void port_init(void) { port.work.func = port_work; }
void port_kick(void) { port.requests++; queue_work_on(64, system_wq, &port.work); }
// CHECK:port_init:
// CHECK-NEXT:work_queue_linux.c:port.work.func
// CHECK-NEXT:end
// CHECK-NEXT:port_kick:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:work_queue_linux.c:port.requests
// CHECK-NEXT:work_queue_linux.c:port.work.data
// CHECK-NEXT:work_queue_linux.c:port.work.entry.next
// CHECK-NEXT:work_queue_linux.c:port.work.entry.prev
// CHECK-NEXT:end
// CHECK-NEXT:port_work:
// CHECK-NEXT:work_queue_linux.c:port.resets
// CHECK-NEXT:end
