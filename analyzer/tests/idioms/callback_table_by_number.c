// IDIOM: callback_void
// RUN: %may_modify %s | %FileCheck
/* softirq style: open_softirq stores, do_softirq runs what pending bits say. */
struct action { void (*fn)(struct action *); }; static struct action vec[10]; static unsigned long pending; static int net_rx, timers, unused_runs;
static void rx(struct action *a) { net_rx++; } static void tick(struct action *a) { timers++; }
static void open(int nr, void (*fn)(struct action *)) { vec[nr].fn = fn; }
void init(void) { open(1, tick); open(3, rx); }
void raise(int nr) { pending |= 1ul << nr; }
void do_softirq(void) { unsigned long p = pending; pending = 0; struct action *h = vec; while (p) { if (p & 1) h->fn(h); h++; p >>= 1; } }
int get(void) { return unused_runs; }
// CHECK:do_softirq:
// CHECK-NEXT:callback_table_by_number.c:net_rx
// CHECK-NEXT:callback_table_by_number.c:pending
// CHECK-NEXT:callback_table_by_number.c:timers
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:init:
// CHECK-NEXT:callback_table_by_number.c:vec[].fn
// CHECK-NEXT:end
// CHECK-NEXT:raise:
// CHECK-NEXT:callback_table_by_number.c:pending
// CHECK-NEXT:end
