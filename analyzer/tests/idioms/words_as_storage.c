// IDIOM: struct_casts
// RUN: %may_modify %s | %FileCheck
/* An array of words is storage for a record; the same function fills real ones, too. */
typedef unsigned long u64;
struct context { u64 ip; u64 sp; int state; };
static u64 boot_area[16]; static struct context real, spare;
struct ops { void (*init)(void *memory); };
static void init(void *memory) { struct context *c = memory; c->state = 1; }
static const struct ops ops = {init};
static const struct ops *chosen = &ops;
void start(int boot) { chosen->init(boot ? (void *)boot_area : (void *)&real); }
int get(void) { return spare.state; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:start:
// CHECK-NEXT:words_as_storage.c:boot_area[]
// CHECK-NEXT:words_as_storage.c:real.state
// CHECK-NEXT:end
