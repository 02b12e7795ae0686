// IDIOM: recursion
// RUN: %may_modify %s | %FileCheck
struct node { struct node *l, *r; int even, odd; }; static struct node leaf, top = {&leaf, 0}; static struct node out;
static void mark_odd(struct node *n);
static void mark_even(struct node *n) { if (n) { n->even = 1; mark_odd(n->l); } }
static void mark_odd(struct node *n) { if (n) { n->odd = 1; mark_even(n->r); } }
void mark(void) { mark_even(&top); }
struct node *get(void) { return &out; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:mark:
// CHECK-NEXT:mutual_recursion_pointers.c:leaf.odd
// CHECK-NEXT:mutual_recursion_pointers.c:top.even
// CHECK-NEXT:end
