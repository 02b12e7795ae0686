// IDIOM: list_links
// RUN: %may_modify %s | %FileCheck
struct rb { unsigned long parent_color; struct rb *left, *right; };
struct area { unsigned long start; struct rb rb; };
static struct rb *root;
static struct area low, high;
void plant(void) { root = &low.rb; low.rb.right = &high.rb; high.rb.parent_color = (unsigned long)&low.rb; }
void blacken(void) { struct rb *p = (struct rb *)(high.rb.parent_color & ~3ul); p->parent_color |= 1; }
void move(void) { struct rb *n = root->right; ((struct area *)((char *)n - __builtin_offsetof(struct area, rb)))->start = 0; }
// CHECK:blacken:
// CHECK-NEXT:rbtree_parent_bits.c:low.rb.parent_color
// CHECK-NEXT:end
// CHECK-NEXT:move:
// CHECK-NEXT:rbtree_parent_bits.c:high.start
// CHECK-NEXT:end
// CHECK-NEXT:plant:
// CHECK-NEXT:rbtree_parent_bits.c:high.rb.parent_color
// CHECK-NEXT:rbtree_parent_bits.c:low.rb.right
// CHECK-NEXT:rbtree_parent_bits.c:root
// CHECK-NEXT:end
