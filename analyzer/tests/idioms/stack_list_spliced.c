// IDIOM: stack_objects
// RUN: %may_modify %s | %FileCheck
/* Objects are taken from a global list onto a list whose head is on the stack, changed there, and put back. */
struct list { struct list *next, *prev; }; struct job { int done; struct list link; }; static struct list queue = {&queue, &queue}; static struct job a, cold; static int handled;
#define entry(p) ((struct job *)((char *)(p) - __builtin_offsetof(struct job, link)))
static void insert(struct list *n, struct list *prev, struct list *next) { next->prev = n; n->next = next; n->prev = prev; prev->next = n; }
static void splice(struct list *from, struct list *to) { if (from->next == from) return; struct list *first = from->next, *last = from->prev; first->prev = to; to->next->prev = last; last->next = to->next; to->next = first; from->next = from->prev = from; }
void add(void) { insert(&a.link, queue.prev, &queue); }
void run(void) { struct list local = {&local, &local}; splice(&queue, &local); for (struct list *p = local.next; p != &local; p = p->next) entry(p)->done = 1; splice(&local, &queue); handled++; }
int get(void) { return cold.done; }
// CHECK:add:
// CHECK-NEXT:stack_list_spliced.c:a.link.next
// CHECK-NEXT:stack_list_spliced.c:a.link.prev
// CHECK-NEXT:stack_list_spliced.c:queue.next
// CHECK-NEXT:stack_list_spliced.c:queue.prev
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:run:
// CHECK-NEXT:stack_list_spliced.c:a.done
// CHECK-NEXT:stack_list_spliced.c:a.link.next
// CHECK-NEXT:stack_list_spliced.c:a.link.prev
// CHECK-NEXT:stack_list_spliced.c:handled
// CHECK-NEXT:stack_list_spliced.c:queue.next
// CHECK-NEXT:stack_list_spliced.c:queue.prev
// CHECK-NEXT:end
