// RUN: %print %s | %FileCheck
// Atomic builtins are loads and stores of what they update.
struct node { struct node *next; long count; };

long a(struct node *n) { return __sync_fetch_and_add(&n->count, 1); }
// CHECK-LABEL: function a(
// CHECK: %[[A:[0-9]+]] = offset %n#0 +8
// CHECK: %[[OLD:[0-9]+]] = load %[[A]] size 8 type long atomic
// CHECK: store %[[A]] <- %{{[0-9]+}} size 8 type long atomic
// CHECK: return %[[OLD]]

int b(struct node *n, struct node *old, struct node *new) { return __sync_bool_compare_and_swap(&n->next, old, new); }
// CHECK-LABEL: function b(
// CHECK: store %{{n#0|[0-9]+}} <- %new#2 size 8 type struct node* atomic

struct node *c(struct node **p, struct node *v) { return __atomic_exchange_n(p, v, 5); }
// CHECK-LABEL: function c(
// CHECK: %[[X:[0-9]+]] = load %p#0 size 8 type struct node* atomic
// CHECK: store %p#0 <- %v#1
// CHECK: return %[[X]]

int d(struct node **p, struct node **e, struct node *v) { return __atomic_compare_exchange_n(p, e, v, 0, 5, 5); }
// CHECK-LABEL: function d(
// CHECK: %[[Y:[0-9]+]] = load %p#0
// CHECK: store %e#1 <- %[[Y]]
// CHECK: store %p#0 <- %v#2

void e(_Atomic(struct node *) *p, struct node *v) { __c11_atomic_store(p, v, 5); *p = v; }
// CHECK-LABEL: function e(
// CHECK: store %p#0 <- %v#1 size 8 type struct node* atomic
// CHECK: store %p#0 <- %v#1 size 8 type struct node* @

void f(struct node *n, struct node **p) { struct node *t; __atomic_load(p, &t, 5); n->next = t; }
// CHECK-LABEL: function f(
// CHECK: %[[L:[0-9]+]] = load %p#1 size 8 type struct node* atomic
// CHECK: store %{{[0-9]+}} <- %[[L]]

int g(int *flag) { __atomic_clear(flag, 5); __sync_synchronize(); return __atomic_test_and_set(flag, 5); }
// CHECK-LABEL: function g(
// CHECK-COUNT-2: store %{{[0-9]+}} <- none
