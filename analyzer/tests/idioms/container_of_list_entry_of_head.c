// IDIOM: container_of
// RUN: %may_modify %s | %FileCheck
#define container_of(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))
struct list_head { struct list_head *next, *prev; };
struct timer { unsigned long expires; struct list_head entry; void (*fn)(struct timer *); };
static struct list_head timers = {&timers, &timers};
static struct timer poll_timer = {.entry = {&poll_timer.entry, &poll_timer.entry}};
static struct timer idle_timer;
static int polled;
static void poll(struct timer *t) { t->expires += 10; polled++; }
void start_poll(void) { poll_timer.fn = poll; poll_timer.entry.next = timers.next; timers.next = &poll_timer.entry; }
void run_timers(void)
{
	struct list_head *pos;
	for (pos = timers.next; pos != &timers; pos = pos->next)
		container_of(pos, struct timer, entry)->fn(container_of(pos, struct timer, entry));
}
struct timer *idle(void) { return &idle_timer; }
// CHECK:idle:
// CHECK-NEXT:end
// CHECK-NEXT:run_timers:
// CHECK-NEXT:container_of_list_entry_of_head.c:poll_timer.expires
// CHECK-NEXT:container_of_list_entry_of_head.c:polled
// CHECK-NEXT:end
// CHECK-NEXT:start_poll:
// CHECK-NEXT:container_of_list_entry_of_head.c:poll_timer.entry.next
// CHECK-NEXT:container_of_list_entry_of_head.c:poll_timer.fn
// CHECK-NEXT:container_of_list_entry_of_head.c:timers.next
// CHECK-NEXT:end
