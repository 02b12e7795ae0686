// IDIOM: atomics
// RUN: %may_modify %s | %FileCheck
struct node { struct node *next; int payload; };
static struct node *head, *done;
static struct node n1, n2;
void push(void) { struct node *old = __atomic_load_n(&head, __ATOMIC_RELAXED); do n1.next = old; while (!__atomic_compare_exchange_n(&head, &old, &n1, 1, __ATOMIC_RELEASE, __ATOMIC_RELAXED)); }
void take_all(void) { struct node *all = __sync_lock_test_and_set(&head, (struct node *)0); while (all) { all->payload = 0; all = all->next; } }
int claim(int *state) { (void)state; static int owner; return __sync_bool_compare_and_swap(&owner, 0, 1); }
void finish(void) { struct node *x; __atomic_exchange(&head, &done, &x, __ATOMIC_SEQ_CST); if (x) x->payload++; }
struct node *spare(void) { return &n2; }
// CHECK:claim:
// CHECK-NEXT:atomics_cmpxchg_loop.c:claim:owner
// CHECK-NEXT:end
// CHECK-NEXT:finish:
// CHECK-NEXT:atomics_cmpxchg_loop.c:head
// CHECK-NEXT:atomics_cmpxchg_loop.c:n1.payload
// CHECK-NEXT:end
// CHECK-NEXT:push:
// CHECK-NEXT:atomics_cmpxchg_loop.c:head
// CHECK-NEXT:atomics_cmpxchg_loop.c:n1.next
// CHECK-NEXT:end
// CHECK-NEXT:spare:
// CHECK-NEXT:end
// CHECK-NEXT:take_all:
// CHECK-NEXT:atomics_cmpxchg_loop.c:head
// CHECK-NEXT:atomics_cmpxchg_loop.c:n1.payload
// CHECK-NEXT:end
