// IDIOM: list_links
// RUN: %may_modify %s | %FileCheck
typedef struct item { long value; struct item *next, *prev; void *owner; struct list *container; } item_t; typedef struct list { long n; item_t *index; item_t end; } list_t;
typedef struct tcb { long *top; item_t state; int priority; } tcb_t; static list_t ready[4]; static list_t delayed; static tcb_t task_a, task_b; static tcb_t *current;
static void init_list(list_t *l) { l->index = &l->end; l->end.next = l->end.prev = &l->end; l->n = 0; }
static void insert_end(list_t *l, item_t *i) { item_t *x = l->index; i->next = x; i->prev = x->prev; x->prev->next = i; x->prev = i; i->container = l; l->n++; }
void create(int p) { init_list(&ready[p & 3]); task_a.state.owner = &task_a; insert_end(&ready[p & 3], &task_a.state); }
void pick(int p) { list_t *l = &ready[p & 3]; l->index = l->index->next; current = l->index->owner; }
void boost(void) { if (current) current->priority = 3; }
tcb_t *get(void) { return &task_b; }
// CHECK:boost:
// CHECK-NEXT:freertos_list_item_owner.c:task_a.priority
// CHECK-NEXT:end
// CHECK-NEXT:create:
// CHECK-NEXT:freertos_list_item_owner.c:ready[].end.next
// CHECK-NEXT:freertos_list_item_owner.c:ready[].end.prev
// CHECK-NEXT:freertos_list_item_owner.c:ready[].index
// CHECK-NEXT:freertos_list_item_owner.c:ready[].n
// CHECK-NEXT:freertos_list_item_owner.c:task_a.state.container
// CHECK-NEXT:freertos_list_item_owner.c:task_a.state.next
// CHECK-NEXT:freertos_list_item_owner.c:task_a.state.owner
// CHECK-NEXT:freertos_list_item_owner.c:task_a.state.prev
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:pick:
// CHECK-NEXT:freertos_list_item_owner.c:current
// CHECK-NEXT:freertos_list_item_owner.c:ready[].index
// CHECK-NEXT:end
