// IDIOM: list_links
// RUN: %may_modify %s | %FileCheck
struct node { int key; struct node *next; };
static struct node *head;
static struct node first, second;
void append(struct node *unused) { (void)unused; struct node **link = &head; while (*link) link = &(*link)->next; *link = &second; }
void start(void) { head = &first; }
void clear_keys(void) { for (struct node *n = head; n; n = n->next) n->key = 0; }
// CHECK:append:
// CHECK-NEXT:pointer_to_pointer.c:first.next
// CHECK-NEXT:pointer_to_pointer.c:head
// CHECK-NEXT:pointer_to_pointer.c:second.next
// CHECK-NEXT:end
// CHECK-NEXT:clear_keys:
// CHECK-NEXT:pointer_to_pointer.c:first.key
// CHECK-NEXT:pointer_to_pointer.c:second.key
// CHECK-NEXT:end
// CHECK-NEXT:start:
// CHECK-NEXT:pointer_to_pointer.c:head
// CHECK-NEXT:end
