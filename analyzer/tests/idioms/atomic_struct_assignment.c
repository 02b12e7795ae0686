// IDIOM: atomics
// RUN: %may_modify %s | %FileCheck
/* _Atomic records are loaded, changed and stored as a whole; an _Atomic pointer is stepped. */
struct link { struct item *item; unsigned long tag; };
struct item { int uses; };
static _Atomic(struct link) top; static struct item first, second, cold; static struct item pool[4]; static struct item *_Atomic cursor = pool;
void put(void) { struct link l = top; l.item = &first; l.tag++; top = l; }
void hit(void) { struct link l = top; if (l.item) l.item->uses++; }
void step(void) { (cursor++)->uses = 1; }
void other(void) { second.uses = 2; }
int get(void) { return cold.uses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:hit:
// CHECK-NEXT:atomic_struct_assignment.c:first.uses
// CHECK-NEXT:end
// CHECK-NEXT:other:
// CHECK-NEXT:atomic_struct_assignment.c:second.uses
// CHECK-NEXT:end
// CHECK-NEXT:put:
// CHECK-NEXT:atomic_struct_assignment.c:top.item
// CHECK-NEXT:atomic_struct_assignment.c:top.tag
// CHECK-NEXT:end
// CHECK-NEXT:step:
// CHECK-NEXT:atomic_struct_assignment.c:cursor
// CHECK-NEXT:atomic_struct_assignment.c:pool[].uses
// CHECK-NEXT:end
