// IDIOM: recursion
// RUN: %may_modify %s | %FileCheck
struct dir { struct dir *child, *sibling; int marked, size; }; static struct dir usr, bin = {.sibling = &usr}, root = {.child = &bin}; static struct dir loose;
static int walk(struct dir *d, int depth) { if (!d || depth > 8) return 0; d->size = walk(d->child, depth + 1) + walk(d->sibling, depth); return d->size + 1; }
int du(void) { return walk(&root, 0); }
struct dir *get(void) { return &loose; }
// CHECK:du:
// CHECK-NEXT:recursion_tree_walk.c:bin.size
// CHECK-NEXT:recursion_tree_walk.c:root.size
// CHECK-NEXT:recursion_tree_walk.c:usr.size
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
