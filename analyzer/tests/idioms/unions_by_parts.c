// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* Halves of a pointer are copied by memcpy, out of order, and back. */
typedef unsigned long size_t; void *memcpy(void *, const void *, size_t);
struct item { int uses; }; static struct item one, spare;
struct wire { unsigned low, high; unsigned kind; }; static struct wire wire;
void send(void) { struct item *p = &one; memcpy(&wire.low, &p, 4); memcpy(&wire.high, (char *)&p + 4, 4); wire.kind = 1; }
void receive(void) { struct item *p; memcpy((char *)&p + 4, &wire.high, 4); memcpy(&p, &wire.low, 4); p->uses++; }
int get(void) { return spare.uses + (int)wire.kind; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:receive:
// CHECK-NEXT:unions_by_parts.c:one.uses
// CHECK-NEXT:end
// CHECK-NEXT:send:
// CHECK-NEXT:unions_by_parts.c:wire.high
// CHECK-NEXT:unions_by_parts.c:wire.kind
// CHECK-NEXT:unions_by_parts.c:wire.low
// CHECK-NEXT:end
