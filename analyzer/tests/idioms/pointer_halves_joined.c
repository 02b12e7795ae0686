// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* Descriptors keep addresses in two halves (virtio, NVMe, IDT): joined again they are an address from nowhere. */
typedef unsigned int u32; typedef unsigned long u64;
struct desc { u32 low, high; }; struct request { int status; int tag; };
static struct desc ring[4]; static struct request request; static int idle;
void post(int i) { u64 a = (u64)&request; ring[i & 3].low = (u32)a; ring[i & 3].high = (u32)(a >> 32); }
void complete(int i) { u64 a = ((u64)ring[i & 3].high << 32) | ring[i & 3].low; struct request *r = (struct request *)a; r->status = 1; }
int get(void) { return idle; }
// CHECK:complete:
// CHECK-NEXT:pointer_halves_joined.c:request.status
// CHECK-NEXT:struct request.status
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:post:
// CHECK-NEXT:pointer_halves_joined.c:ring[].high
// CHECK-NEXT:pointer_halves_joined.c:ring[].low
// CHECK-NEXT:end
