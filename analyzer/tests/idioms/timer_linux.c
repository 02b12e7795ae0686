// IDIOM: deferred_work
// RUN: %may_modify %s | %FileCheck
struct hlist_node { struct hlist_node *next, **pprev; }; struct timer_list { struct hlist_node entry; unsigned long expires; void (*function)(struct timer_list *); unsigned flags; };
extern int mod_timer(struct timer_list *, unsigned long); extern void add_timer(struct timer_list *);
#define from_timer(v, t, f) ((typeof(v))((char *)(t) - __builtin_offsetof(typeof(*v), f)))
struct watchdog { int barks; struct timer_list timer; }; static struct watchdog dog; static int fed;
static void bark(struct timer_list *t) { struct watchdog *w = from_timer(w, t, timer); w->barks++; }
void dog_init(void) { dog.timer.function = bark; }
void feed(void) { fed++; mod_timer(&dog.timer, 100); }
// CHECK:bark:
// CHECK-NEXT:timer_linux.c:dog.barks
// CHECK-NEXT:end
// CHECK-NEXT:dog_init:
// CHECK-NEXT:timer_linux.c:dog.timer.function
// CHECK-NEXT:end
// CHECK-NEXT:feed:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:timer_linux.c:dog.timer.entry.next
// CHECK-NEXT:timer_linux.c:dog.timer.entry.pprev
// CHECK-NEXT:timer_linux.c:dog.timer.expires
// CHECK-NEXT:timer_linux.c:dog.timer.flags
// CHECK-NEXT:timer_linux.c:fed
// CHECK-NEXT:end
