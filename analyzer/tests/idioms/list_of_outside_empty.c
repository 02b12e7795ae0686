// IDIOM: list_links
// RUN: %may_modify %s | %FileCheck
// The queue was made elsewhere, and nothing is in it: both of its links lead to itself, so that the first item is linked by both.
struct list_head { struct list_head *next, *prev; };
struct queue { int lock; struct list_head head; };
struct item { int value; struct list_head list; };
static int seen;
static void add_tail(struct list_head *new, struct list_head *head)
{
	struct list_head *prev = head->prev;
	head->prev = new;
	new->next = head;
	new->prev = prev;
	prev->next = new;
}
void enqueue(struct queue *queue, struct item *item) { add_tail(&item->list, &queue->head); }
int look(struct queue *queue) { seen = 1; return queue->head.next == &queue->head; }
// CHECK:enqueue:
// CHECK-NEXT:struct item.list.next
// CHECK-NEXT:struct item.list.prev
// CHECK-NEXT:struct queue.head.next
// CHECK-NEXT:struct queue.head.prev
// CHECK-NEXT:end
// CHECK-NEXT:look:
// CHECK-NEXT:list_of_outside_empty.c:seen
// CHECK-NEXT:end
