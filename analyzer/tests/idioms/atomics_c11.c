// IDIOM: atomics
// RUN: %may_modify %s | %FileCheck
#include <stdatomic.h>
struct ring { _Atomic unsigned head, tail; void *_Atomic slot[4]; atomic_flag busy; };
static struct ring ring;
struct msg { int read; };
static struct msg msg, other;
void put(void) { unsigned t = atomic_fetch_add_explicit(&ring.tail, 1, memory_order_relaxed); atomic_store(&ring.slot[t % 4], &msg); }
void get(void) { struct msg *m = atomic_exchange(&ring.slot[ring.head % 4], (void *)0); if (m) m->read = 1; ring.head++; }
void lock(void) { while (atomic_flag_test_and_set(&ring.busy)) ; }
struct msg *mine(void) { return &other; }
// CHECK:get:
// CHECK-NEXT:atomics_c11.c:msg.read
// CHECK-NEXT:atomics_c11.c:ring.head
// CHECK-NEXT:atomics_c11.c:ring.slot[]
// CHECK-NEXT:end
// CHECK-NEXT:lock:
// CHECK-NEXT:atomics_c11.c:ring.busy._Value
// CHECK-NEXT:end
// CHECK-NEXT:mine:
// CHECK-NEXT:end
// CHECK-NEXT:put:
// CHECK-NEXT:atomics_c11.c:ring.slot[]
// CHECK-NEXT:atomics_c11.c:ring.tail
// CHECK-NEXT:end
