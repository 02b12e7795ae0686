// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* Values and nodes in one slot, told apart by low bits; marks encoded into pointers. */
struct xa_node { unsigned char shift, count; struct xa_node *parent; void *slots[4]; };
struct page { unsigned long flags; int refs; };
static void *xa_head;
static struct xa_node node;
static struct page page, unlinked;
static inline void *xa_mk_node(struct xa_node *n) { return (void *)((unsigned long)n | 2); }
static inline struct xa_node *xa_to_node(const void *e) { return (struct xa_node *)((unsigned long)e - 2); }
static inline _Bool xa_is_node(const void *e) { return ((unsigned long)e & 3) == 2 && (unsigned long)e > 4096; }
static inline void *xa_mk_value(unsigned long v) { return (void *)((v << 1) | 1); }
void store(unsigned i) { xa_head = xa_mk_node(&node); node.slots[i & 3] = &page; node.count++; }
void store_value(unsigned i, unsigned long v) { if (xa_is_node(xa_head)) xa_to_node(xa_head)->slots[i & 3] = xa_mk_value(v); }
void touch(unsigned i)
{
	void *e = xa_head;
	if (xa_is_node(e))
		e = xa_to_node(e)->slots[i & 3];
	if (e && !((unsigned long)e & 1))
		((struct page *)e)->flags |= 1;
}
struct page *fresh(void) { return &unlinked; }
// CHECK:fresh:
// CHECK-NEXT:end
// CHECK-NEXT:store:
// CHECK-NEXT:tagged_pointer_xarray_entry.c:node.count
// CHECK-NEXT:tagged_pointer_xarray_entry.c:node.slots[]
// CHECK-NEXT:tagged_pointer_xarray_entry.c:xa_head
// CHECK-NEXT:end
// CHECK-NEXT:store_value:
// CHECK-NEXT:tagged_pointer_xarray_entry.c:node.slots[]
// CHECK-NEXT:end
// CHECK-NEXT:touch:
// CHECK-NEXT:tagged_pointer_xarray_entry.c:page.flags
// CHECK-NEXT:end
