// IDIOM: by_value
// RUN: %may_modify %s | %FileCheck
struct cursor { struct list *at; int *dirty; }; struct list { struct list *next; int value; }; static struct list head, tail; static int dirty, clean;
static struct cursor start(struct list *l, int *d) { return (struct cursor){l, d}; }
static struct cursor advance(struct cursor c) { c.at = c.at->next ? c.at->next : c.at; return c; }
void write(int v) { struct cursor c = advance(start(&head, &dirty)); c.at->value = v; *c.dirty = 1; }
void link(void) { head.next = &tail; }
int is_clean(void) { return clean; }
// CHECK:is_clean:
// CHECK-NEXT:end
// CHECK-NEXT:link:
// CHECK-NEXT:struct_returned_with_pointers.c:head.next
// CHECK-NEXT:end
// CHECK-NEXT:write:
// CHECK-NEXT:struct_returned_with_pointers.c:dirty
// CHECK-NEXT:struct_returned_with_pointers.c:head.value
// CHECK-NEXT:struct_returned_with_pointers.c:tail.value
// CHECK-NEXT:end
