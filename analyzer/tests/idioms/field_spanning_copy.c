// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* A copy that begins at a header within a record and goes on into what follows it; its length is not known. */
void *memcpy(void *, const void *, unsigned long);
struct header { int type, length; };
struct packet { long stamp; struct header header; unsigned char body[24]; int sum; };
struct frame { int id; struct header header; unsigned char body[]; };
static struct packet packet, cold; static struct frame *frame; void *malloc(unsigned long);
int receive(const void *from, unsigned n) { if (n > 32) return -1; memcpy(&packet.header, from, n); return 0; }
int build(const void *from, unsigned n) { struct frame *f = malloc(sizeof *f + n); if (!f) return -1; memcpy(&f->header, from, n); frame = f; return 0; }
int get(void) { return cold.sum; }
// CHECK:build:
// CHECK-NEXT:field_spanning_copy.c:frame
// CHECK-NEXT:struct frame.body[]
// CHECK-NEXT:struct frame.header.length
// CHECK-NEXT:struct frame.header.type
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:receive:
// CHECK-NEXT:field_spanning_copy.c:packet.body[]
// CHECK-NEXT:field_spanning_copy.c:packet.header.length
// CHECK-NEXT:field_spanning_copy.c:packet.header.type
// CHECK-NEXT:end
