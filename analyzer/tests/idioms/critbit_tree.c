// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* Inner nodes are told from leaves by the lowest bit; both are void pointers in one slot. */
typedef unsigned long size_t; void *malloc(size_t);
struct inner { void *child[2]; unsigned bit; }; struct leaf { unsigned key; int visits; };
static void *root; static struct leaf static_leaf, cold;
static int is_inner(void *p) { return (unsigned long)p & 1; } static struct inner *to_inner(void *p) { return (struct inner *)((char *)p - 1); }
int split(unsigned bit) { struct inner *n = malloc(sizeof *n); if (!n) return -1; n->bit = bit; n->child[0] = root; n->child[1] = &static_leaf; root = (char *)n + 1; return 0; }
void visit(unsigned key) { void *p = root; while (is_inner(p)) p = to_inner(p)->child[key >> to_inner(p)->bit & 1]; if (p) ((struct leaf *)p)->visits++; }
void rebit(unsigned bit) { if (is_inner(root)) to_inner(root)->bit = bit; }
int get(void) { return cold.visits; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:rebit:
// CHECK-NEXT:struct inner.bit
// CHECK-NEXT:end
// CHECK-NEXT:split:
// CHECK-NEXT:critbit_tree.c:root
// CHECK-NEXT:struct inner.bit
// CHECK-NEXT:struct inner.child[]
// CHECK-NEXT:end
// CHECK-NEXT:visit:
// CHECK-NEXT:critbit_tree.c:static_leaf.visits
// CHECK-NEXT:end
