// IDIOM: list_links
// RUN: %may_modify %s | %FileCheck
/* Walks a tree by a library outside: what it gives is some node. */
struct rb_node { struct rb_node *left, *right; unsigned long parent; };
struct rb_root { struct rb_node *top; };
struct rb_node *rb_first(const struct rb_root *); struct rb_node *rb_next(const struct rb_node *);
struct item { long key; struct rb_node node; int uses; };
static struct rb_root root; static struct item one; static int cold;
void link(void) { one.node.left = 0; root.top = &one.node; }
void touch_all(void) { for (struct rb_node *n = rb_first(&root); n; n = rb_next(n)) ((struct item *)((char *)n - __builtin_offsetof(struct item, node)))->uses++; }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:link:
// CHECK-NEXT:rb_first_container.c:one.node.left
// CHECK-NEXT:rb_first_container.c:root.top
// CHECK-NEXT:end
// CHECK-NEXT:touch_all:
// CHECK-NEXT:rb_first_container.c:one.uses
// CHECK-NEXT:struct item.uses
// CHECK-NEXT:end
