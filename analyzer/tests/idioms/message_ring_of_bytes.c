// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* A record with a function and its argument goes through a ring of bytes, as in a pipe or a mailbox. */
struct o { int v; }; struct m { long k; struct o *p; void (*fn)(struct o *); };
static struct o a; static int n; static void fn(struct o *o) { o->v = 1; n++; }
static char ring[480] __attribute__((aligned(8))); static unsigned wr, rd;
void post(void) { struct m m = { 1, &a, fn }; __builtin_memcpy(ring + wr, &m, sizeof m); wr = (wr + sizeof m) % 480; }
void take(void) { struct m m; __builtin_memcpy(&m, ring + rd, sizeof m); rd = (rd + sizeof m) % 480; m.fn(m.p); }
static int cold; int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:post:
// CHECK-NEXT:message_ring_of_bytes.c:ring[]
// CHECK-NEXT:message_ring_of_bytes.c:wr
// CHECK-NEXT:end
// CHECK-NEXT:take:
// CHECK-NEXT:message_ring_of_bytes.c:a.v
// CHECK-NEXT:message_ring_of_bytes.c:n
// CHECK-NEXT:message_ring_of_bytes.c:rd
// CHECK-NEXT:end
