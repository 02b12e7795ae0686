// IDIOM: stack_objects
// RUN: %may_modify %s | %FileCheck
/* An object on the stack that is linked into a global list while the function sleeps. */
struct list_head { struct list_head *next, *prev; }; struct wait_queue { struct list_head head; int wakes; };
struct wait_entry { int flags; struct list_head entry; };
static struct wait_queue wq = {{&wq.head, &wq.head}};
static inline void __add(struct list_head *n, struct list_head *p, struct list_head *x) { x->prev = n; n->next = x; n->prev = p; p->next = n; }
static inline void __del(struct list_head *e) { e->next->prev = e->prev; e->prev->next = e->next; }
void wait(void) { struct wait_entry w = {.flags = 1}; __add(&w.entry, &wq.head, wq.head.next); while (w.flags) __asm__ volatile("pause"); __del(&w.entry); }
void wake(void) { if (wq.head.next != &wq.head) ((struct wait_entry *)((char *)wq.head.next - __builtin_offsetof(struct wait_entry, entry)))->flags = 0; wq.wakes++; }
// CHECK:wait:
// CHECK-NEXT:stack_objects_wait_entry.c:wq.head.next
// CHECK-NEXT:stack_objects_wait_entry.c:wq.head.prev
// CHECK-NEXT:end
// CHECK-NEXT:wake:
// CHECK-NEXT:stack_objects_wait_entry.c:wq.wakes
// CHECK-NEXT:end
