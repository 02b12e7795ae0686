// IDIOM: recursion
// RUN: %may_modify %s | %FileCheck
struct tree { struct tree *left, *right; int depth; };
static struct tree root, leaf;
void plant(void) { root.left = &leaf; }
static void walk(struct tree *t, int depth) { if (!t) return; t->depth = depth; walk(t->left, depth + 1); walk(t->right, depth + 1); }
void number(void) { walk(&root, 0); }
// CHECK:number:
// CHECK-NEXT:recursion.c:leaf.depth
// CHECK-NEXT:recursion.c:root.depth
// CHECK-NEXT:end
// CHECK-NEXT:plant:
// CHECK-NEXT:recursion.c:root.left
// CHECK-NEXT:end
