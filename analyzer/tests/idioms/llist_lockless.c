// IDIOM: list_links
// RUN: %may_modify %s | %FileCheck
struct llist_node { struct llist_node *next; }; struct llist_head { struct llist_node *first; };
static inline _Bool llist_add(struct llist_node *n, struct llist_head *h) { struct llist_node *first = h->first; do { n->next = first; } while (!__atomic_compare_exchange_n(&h->first, &first, n, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)); return !first; }
static inline struct llist_node *llist_del_all(struct llist_head *h) { return __atomic_exchange_n(&h->first, 0, __ATOMIC_SEQ_CST); }
static inline struct llist_node *llist_reverse(struct llist_node *head) { struct llist_node *n = 0; while (head) { struct llist_node *t = head; head = head->next; t->next = n; n = t; } return n; }
struct irq_work { struct llist_node node; int flags; }; static struct llist_head raised; static struct irq_work w1, w2;
void queue(void) { w1.flags |= 1; llist_add(&w1.node, &raised); }
void run(void) { for (struct llist_node *n = llist_reverse(llist_del_all(&raised)); n; n = n->next) ((struct irq_work *)n)->flags = 0; }
struct irq_work *get(void) { return &w2; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:queue:
// CHECK-NEXT:llist_lockless.c:raised.first
// CHECK-NEXT:llist_lockless.c:w1.flags
// CHECK-NEXT:llist_lockless.c:w1.node.next
// CHECK-NEXT:end
// CHECK-NEXT:run:
// CHECK-NEXT:llist_lockless.c:raised.first
// CHECK-NEXT:llist_lockless.c:w1.flags
// CHECK-NEXT:llist_lockless.c:w1.node.next
// CHECK-NEXT:end
