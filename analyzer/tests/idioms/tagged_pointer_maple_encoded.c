// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* Maple tree: node type and offset in the low byte of an aligned node's address, parent too. */
enum type { leaf, range };
struct mnode { void *parent; unsigned long pivot[3]; void *slot[4]; } __attribute__((aligned(256)));
struct mtree { void *root; int flags; };
static struct mnode top, bottom, unused;
static struct mtree tree;
static inline void *mt_mk(struct mnode *n, enum type t) { return (void *)((unsigned long)n | (t << 3) | 4); }
static inline struct mnode *mte_to_node(const void *e) { return (struct mnode *)((unsigned long)e & ~255ul); }
void plant(void) { tree.root = mt_mk(&top, range); top.slot[0] = mt_mk(&bottom, leaf); bottom.parent = (void *)((unsigned long)&top | 2); }
void split(unsigned long p) { mte_to_node(mte_to_node(tree.root)->slot[0])->pivot[0] = p; }
void climb(void) { ((struct mnode *)((unsigned long)bottom.parent & ~127ul))->pivot[2] = 0; }
struct mnode *get(void) { return &unused; }
// CHECK:climb:
// CHECK-NEXT:tagged_pointer_maple_encoded.c:top.pivot[]
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:plant:
// CHECK-NEXT:tagged_pointer_maple_encoded.c:bottom.parent
// CHECK-NEXT:tagged_pointer_maple_encoded.c:top.slot[]
// CHECK-NEXT:tagged_pointer_maple_encoded.c:tree.root
// CHECK-NEXT:end
// CHECK-NEXT:split:
// CHECK-NEXT:tagged_pointer_maple_encoded.c:bottom.pivot[]
// CHECK-NEXT:end
