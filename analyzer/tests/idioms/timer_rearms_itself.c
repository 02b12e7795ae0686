// IDIOM: deferred_work
// RUN: %may_modify %s | %FileCheck
/* Each object has its own timer, which arms itself again, and a work item that the timer queues. */
typedef _Bool bool;
#define container_of(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))
struct hlist_node { struct hlist_node *next, **pprev; }; struct timer_list { struct hlist_node entry; unsigned long expires; void (*function)(struct timer_list *); unsigned flags; };
struct list_head { struct list_head *next, *prev; }; struct work_struct { unsigned long data; struct list_head entry; void (*func)(struct work_struct *); };
struct workqueue_struct; extern struct workqueue_struct *system_wq; extern bool queue_work_on(int, struct workqueue_struct *, struct work_struct *); extern int mod_timer(struct timer_list *, unsigned long);
struct poller { int polls, results; struct timer_list timer; struct work_struct work; }; static struct poller poller; static int cold;
static void poll_work(struct work_struct *w) { container_of(w, struct poller, work)->results++; }
static void poll_timer(struct timer_list *t) { struct poller *p = container_of(t, struct poller, timer); p->polls++; queue_work_on(0, system_wq, &p->work); mod_timer(t, t->expires + 10); }
void poller_init(void) { poller.timer.function = poll_timer; poller.work.func = poll_work; }
void poller_start(void) { mod_timer(&poller.timer, 10); }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:poll_timer:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:timer_rearms_itself.c:poller.polls
// CHECK-NEXT:timer_rearms_itself.c:poller.timer.entry.next
// CHECK-NEXT:timer_rearms_itself.c:poller.timer.entry.pprev
// CHECK-NEXT:timer_rearms_itself.c:poller.timer.expires
// CHECK-NEXT:timer_rearms_itself.c:poller.timer.flags
// CHECK-NEXT:timer_rearms_itself.c:poller.work.data
// CHECK-NEXT:timer_rearms_itself.c:poller.work.entry.next
// CHECK-NEXT:timer_rearms_itself.c:poller.work.entry.prev
// CHECK-NEXT:end
// CHECK-NEXT:poll_work:
// CHECK-NEXT:timer_rearms_itself.c:poller.results
// CHECK-NEXT:end
// CHECK-NEXT:poller_init:
// CHECK-NEXT:timer_rearms_itself.c:poller.timer.function
// CHECK-NEXT:timer_rearms_itself.c:poller.work.func
// CHECK-NEXT:end
// CHECK-NEXT:poller_start:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:timer_rearms_itself.c:poller.timer.entry.next
// CHECK-NEXT:timer_rearms_itself.c:poller.timer.entry.pprev
// CHECK-NEXT:timer_rearms_itself.c:poller.timer.expires
// CHECK-NEXT:timer_rearms_itself.c:poller.timer.flags
// CHECK-NEXT:end
