// IDIOM: list_links
// RUN: %may_modify %s | %FileCheck
struct list_head { struct list_head *next, *prev; };
#define LIST_HEAD(n) static struct list_head n = {&n, &n}
static inline void __list_del(struct list_head *prev, struct list_head *next) { next->prev = prev; prev->next = next; }
static inline void list_del_init(struct list_head *e) { __list_del(e->prev, e->next); e->next = e; e->prev = e; }
static inline void list_add_tail(struct list_head *n, struct list_head *h) { struct list_head *p = h->prev; h->prev = n; n->next = h; n->prev = p; p->next = n; }
struct req { struct list_head link; int status; };
LIST_HEAD(pending); LIST_HEAD(frozen);
static struct req r1; static struct req f1 = {{&f1.link, &f1.link}};
void submit(void) { list_add_tail(&r1.link, &pending); }
void cancel(void) { list_del_init(&r1.link); }
void finish(void) { for (struct list_head *l = pending.next; l != &pending; l = l->next) ((struct req *)l)->status = 1; }
void thaw(void) { list_del_init(&f1.link); }
int is_frozen(void) { return frozen.next != &frozen; }
// CHECK:cancel:
// CHECK-NEXT:list_del_and_splice.c:pending.next
// CHECK-NEXT:list_del_and_splice.c:pending.prev
// CHECK-NEXT:list_del_and_splice.c:r1.link.next
// CHECK-NEXT:list_del_and_splice.c:r1.link.prev
// CHECK-NEXT:end
// CHECK-NEXT:finish:
// CHECK-NEXT:list_del_and_splice.c:r1.status
// CHECK-NEXT:end
// CHECK-NEXT:is_frozen:
// CHECK-NEXT:end
// CHECK-NEXT:submit:
// CHECK-NEXT:list_del_and_splice.c:pending.next
// CHECK-NEXT:list_del_and_splice.c:pending.prev
// CHECK-NEXT:list_del_and_splice.c:r1.link.next
// CHECK-NEXT:list_del_and_splice.c:r1.link.prev
// CHECK-NEXT:end
// CHECK-NEXT:thaw:
// CHECK-NEXT:list_del_and_splice.c:f1.link.next
// CHECK-NEXT:list_del_and_splice.c:f1.link.prev
// CHECK-NEXT:end
