// IDIOM: rcu
// RUN: %may_modify %s | %FileCheck
#define smp_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define rcu_dereference(p) __atomic_load_n(&(p), __ATOMIC_CONSUME)
struct list_head { struct list_head *next, *prev; };
#define list_next_rcu(l) (*((struct list_head **)(&(l)->next)))
#define list_entry(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))
struct route { int metric; struct list_head list; };
static struct list_head routes = {&routes, &routes};
static struct route old_route, new_route;
static inline void list_add_rcu(struct list_head *n, struct list_head *head)
{
	struct list_head *next = head->next;
	n->next = next;
	n->prev = head;
	smp_store_release(&list_next_rcu(head), n);
	next->prev = n;
}
static inline void list_replace_rcu(struct list_head *old, struct list_head *n)
{
	n->next = old->next;
	n->prev = old->prev;
	smp_store_release(&list_next_rcu(n->prev), n);
	n->next->prev = n;
	old->prev = (void *)0x122;
}
void add(void) { list_add_rcu(&old_route.list, &routes); }
void replace(void) { list_replace_rcu(&old_route.list, &new_route.list); }
void worsen(void) { for (struct list_head *l = rcu_dereference(routes.next); l != &routes; l = rcu_dereference(l->next)) list_entry(l, struct route, list)->metric++; }
// CHECK:add:
// CHECK-NEXT:rcu_list_replace.c:new_route.list.prev
// CHECK-NEXT:rcu_list_replace.c:old_route.list.next
// CHECK-NEXT:rcu_list_replace.c:old_route.list.prev
// CHECK-NEXT:rcu_list_replace.c:routes.next
// CHECK-NEXT:rcu_list_replace.c:routes.prev
// CHECK-NEXT:end
// CHECK-NEXT:replace:
// CHECK-NEXT:rcu_list_replace.c:new_route.list.next
// CHECK-NEXT:rcu_list_replace.c:new_route.list.prev
// CHECK-NEXT:rcu_list_replace.c:old_route.list.next
// CHECK-NEXT:rcu_list_replace.c:old_route.list.prev
// CHECK-NEXT:rcu_list_replace.c:routes.next
// CHECK-NEXT:rcu_list_replace.c:routes.prev
// CHECK-NEXT:end
// CHECK-NEXT:worsen:
// CHECK-NEXT:rcu_list_replace.c:new_route.metric
// CHECK-NEXT:rcu_list_replace.c:old_route.metric
// CHECK-NEXT:end
