// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
struct xnode { unsigned long link; int visited; };
static struct xnode a, b, c;
static struct xnode stranger;
void join(void) { a.link = (unsigned long)&b; b.link = (unsigned long)&a ^ (unsigned long)&c; c.link = (unsigned long)&b; }
void walk(void)
{
	struct xnode *prev = 0, *at = &a;
	while (at) {
		struct xnode *next = (struct xnode *)((unsigned long)prev ^ at->link);
		at->visited = 1;
		prev = at;
		at = next;
	}
}
struct xnode *out(void) { return &stranger; }
// CHECK:join:
// CHECK-NEXT:xor_linked_list.c:a.link
// CHECK-NEXT:xor_linked_list.c:b.link
// CHECK-NEXT:xor_linked_list.c:c.link
// CHECK-NEXT:end
// CHECK-NEXT:out:
// CHECK-NEXT:end
// CHECK-NEXT:walk:
// CHECK-NEXT:xor_linked_list.c:a.visited
// CHECK-NEXT:xor_linked_list.c:b.visited
// CHECK-NEXT:xor_linked_list.c:c.visited
// CHECK-NEXT:end
