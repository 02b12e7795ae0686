// IDIOM: struct_casts
// RUN: %may_modify %s | %FileCheck
struct hdr { unsigned short len; unsigned char type, flags; }; struct ring { unsigned head, tail; unsigned char data[256]; }; static struct ring ring; static unsigned other[4];
void produce(int type) { struct hdr *h = (struct hdr *)&ring.data[ring.tail & 255]; h->type = (unsigned char)type; h->len = 4; ring.tail += 4; }
unsigned peek(void) { return other[0]; }
// CHECK:peek:
// CHECK-NEXT:end
// CHECK-NEXT:produce:
// CHECK-NEXT:cast_bytes_header.c:ring.data[]
// CHECK-NEXT:cast_bytes_header.c:ring.tail
// CHECK-NEXT:end
