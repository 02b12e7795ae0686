// IDIOM: deferred_work
// RUN: %may_modify %s | %FileCheck
#define container_of(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))
struct callback_head { struct callback_head *next; void (*func)(struct callback_head *); }; extern void call_rcu(struct callback_head *, void (*)(struct callback_head *)); extern void kfree(const void *);
struct entry { int id; struct callback_head rcu; }; static int freed; static struct entry *live; extern void *kmalloc(unsigned long, unsigned);
int create(void) { live = kmalloc(sizeof *live, 0); return live ? 0 : -12; }
static void entry_free(struct callback_head *h) { freed++; kfree(container_of(h, struct entry, rcu)); }
void drop(void) { struct entry *e = live; live = 0; call_rcu(&e->rcu, entry_free); }
// CHECK:create:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:call_rcu_release.c:live
// CHECK-NEXT:end
// CHECK-NEXT:drop:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:call_rcu_release.c:live
// CHECK-NEXT:struct entry.rcu.func
// CHECK-NEXT:struct entry.rcu.next
// CHECK-NEXT:end
// CHECK-NEXT:entry_free:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:call_rcu_release.c:freed
// CHECK-NEXT:end
