// IDIOM: deferred_work
// RUN: %may_modify %s | %FileCheck
/* kfree_rcu queues the head that lies in the object, by its offset; cancelling takes a work item from its list. */
typedef _Bool bool; struct callback_head { struct callback_head *next; void (*func)(struct callback_head *); }; typedef void (*rcu_callback_t)(struct callback_head *); extern void kvfree_call_rcu(struct callback_head *, rcu_callback_t); extern void *kmalloc(unsigned long, unsigned);
struct list_head { struct list_head *next, *prev; }; struct work_struct { unsigned long data; struct list_head entry; void (*func)(struct work_struct *); }; extern bool cancel_work_sync(struct work_struct *);
struct entry { int id; struct callback_head rcu; }; static struct entry *live; static struct { int running; struct work_struct work; } poller; static int cold;
int create(int id) { struct entry *e = kmalloc(sizeof *e, 0); if (!e) return -12; e->id = id; live = e; return 0; }
void drop(void) { struct entry *e = live; live = 0; kvfree_call_rcu(&e->rcu, (rcu_callback_t)(unsigned long)__builtin_offsetof(struct entry, rcu)); }
void stop(void) { poller.running = 0; cancel_work_sync(&poller.work); }
int get(void) { return cold; }
// CHECK:create:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:kfree_rcu_and_cancel.c:live
// CHECK-NEXT:struct entry.id
// CHECK-NEXT:end
// CHECK-NEXT:drop:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:kfree_rcu_and_cancel.c:live
// CHECK-NEXT:struct entry.rcu.func
// CHECK-NEXT:struct entry.rcu.next
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:stop:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:kfree_rcu_and_cancel.c:poller.running
// CHECK-NEXT:kfree_rcu_and_cancel.c:poller.work.data
// CHECK-NEXT:kfree_rcu_and_cancel.c:poller.work.entry.next
// CHECK-NEXT:kfree_rcu_and_cancel.c:poller.work.entry.prev
// CHECK-NEXT:end
