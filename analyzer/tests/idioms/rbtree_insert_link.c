// IDIOM: list_links
// RUN: %may_modify %s | %FileCheck
struct rb_node { unsigned long __rb_parent_color; struct rb_node *rb_right, *rb_left; } __attribute__((aligned(sizeof(long)))); struct rb_root { struct rb_node *rb_node; };
#define rb_entry(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))
struct vma { unsigned long start, end; struct rb_node rb; int locked; };
static struct rb_root mm; static struct vma stack, heap, detached;
static void insert(struct vma *v)
{
	struct rb_node **link = &mm.rb_node, *parent = 0;
	while (*link) {
		parent = *link;
		link = v->start < rb_entry(parent, struct vma, rb)->start ? &(*link)->rb_left : &(*link)->rb_right;
	}
	v->rb.__rb_parent_color = (unsigned long)parent;
	v->rb.rb_left = v->rb.rb_right = 0;
	*link = &v->rb;
}
void map(void) { insert(&stack); insert(&heap); }
void lock_all(void) { for (struct rb_node *n = mm.rb_node; n; n = n->rb_left) rb_entry(n, struct vma, rb)->locked = 1; }
void lock_parent(void) { struct rb_node *p = (struct rb_node *)(heap.rb.__rb_parent_color & ~3ul); if (p) rb_entry(p, struct vma, rb)->end = 0; }
struct vma *get(void) { return &detached; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:lock_all:
// CHECK-NEXT:rbtree_insert_link.c:heap.locked
// CHECK-NEXT:rbtree_insert_link.c:stack.locked
// CHECK-NEXT:end
// CHECK-NEXT:lock_parent:
// CHECK-NEXT:rbtree_insert_link.c:heap.end
// CHECK-NEXT:rbtree_insert_link.c:stack.end
// CHECK-NEXT:end
// CHECK-NEXT:map:
// CHECK-NEXT:rbtree_insert_link.c:heap.rb.__rb_parent_color
// CHECK-NEXT:rbtree_insert_link.c:heap.rb.rb_left
// CHECK-NEXT:rbtree_insert_link.c:heap.rb.rb_right
// CHECK-NEXT:rbtree_insert_link.c:mm.rb_node
// CHECK-NEXT:rbtree_insert_link.c:stack.rb.__rb_parent_color
// CHECK-NEXT:rbtree_insert_link.c:stack.rb.rb_left
// CHECK-NEXT:rbtree_insert_link.c:stack.rb.rb_right
// CHECK-NEXT:end
