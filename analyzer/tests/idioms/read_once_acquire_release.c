// IDIOM: read_once
// RUN: %may_modify %s | %FileCheck
#define smp_store_release(p, v) do { __asm__ __volatile__("" ::: "memory"); *(volatile typeof(*(p)) *)(p) = (v); } while (0)
#define smp_load_acquire(p) ({ typeof(*(p)) ___v = *(const volatile typeof(*(p)) *)(p); __asm__ __volatile__("" ::: "memory"); ___v; })
struct spsc { unsigned head, tail; int slots[8]; int spare; };
static struct spsc ring;
int push(int v) { unsigned t = ring.tail; if (t - smp_load_acquire(&ring.head) == 8) return -1; ring.slots[t & 7] = v; smp_store_release(&ring.tail, t + 1); return 0; }
int pop(int *out) { unsigned h = ring.head; if (h == smp_load_acquire(&ring.tail)) return -1; int v = ring.slots[h & 7]; smp_store_release(&ring.head, h + 1); return v; }
int spare(void) { return ring.spare; }
// CHECK:pop:
// CHECK-NEXT:read_once_acquire_release.c:ring.head
// CHECK-NEXT:end
// CHECK-NEXT:push:
// CHECK-NEXT:read_once_acquire_release.c:ring.slots[]
// CHECK-NEXT:read_once_acquire_release.c:ring.tail
// CHECK-NEXT:end
// CHECK-NEXT:spare:
// CHECK-NEXT:end
