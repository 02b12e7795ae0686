// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
struct node { long key; unsigned long parent_color; long value; };
static struct node root, child;
void insert(void) { child.parent_color = (unsigned long)&root | 1; }
void touch(void) { struct node *p = (struct node *)(child.parent_color & ~3ul); p->value = 1; }
// CHECK:insert:
// CHECK-NEXT:tagged_pointer.c:child.parent_color
// CHECK-NEXT:end
// CHECK-NEXT:touch:
// CHECK-NEXT:tagged_pointer.c:root.value
// CHECK-NEXT:end
