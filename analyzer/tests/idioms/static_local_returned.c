// IDIOM: static_locals
// RUN: %may_modify %s | %FileCheck
/* The address of a static local is returned. */
struct counter { int hits, misses; };
static struct counter *counter(void) { static struct counter c; return &c; }
static struct counter *other(void) { static struct counter c; return &c; }
void hit(void) { counter()->hits++; }
int get(void) { return other()->hits + counter()->misses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:hit:
// CHECK-NEXT:static_local_returned.c:counter:c.hits
// CHECK-NEXT:end
