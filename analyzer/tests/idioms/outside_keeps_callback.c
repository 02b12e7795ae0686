// IDIOM: deferred_work
// RUN: %may_modify %s | %FileCheck
/* A registration that nobody models: the function and its object are outside's from then on. */
struct dev { int probes; int removed; struct list { struct list *next; } link; }; extern int register_driver(int (*probe)(struct dev *), void (*remove)(void *), void *context);
static struct dev ours, cold; static int registered;
static int probe(struct dev *d) { d->probes++; return 0; } static void remove(void *context) { struct dev *d = context; d->removed = 1; }
int init(void) { registered = register_driver(probe, remove, &ours); return registered; }
int get(void) { return cold.probes; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:init:
// CHECK-NEXT:*  [by unknown]  (7 leaves)
// CHECK-NEXT:outside_keeps_callback.c:registered
// CHECK-NEXT:unknown: outside-call register_driver in init
// CHECK-NEXT:end
// CHECK-NEXT:probe:
// CHECK-NEXT:outside_keeps_callback.c:cold.probes
// CHECK-NEXT:outside_keeps_callback.c:ours.probes
// CHECK-NEXT:struct dev.probes
// CHECK-NEXT:end
// CHECK-NEXT:remove:
// EXTRA-NEXT:outside_keeps_callback.c:cold.removed
// CHECK-NEXT:outside_keeps_callback.c:ours.removed
// CHECK-NEXT:struct dev.removed
// CHECK-NEXT:end
