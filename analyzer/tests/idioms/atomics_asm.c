// IDIOM: atomics_asm
// RUN: %may_modify %s | %FileCheck
typedef struct { int counter; } atomic_t;
struct object { long before; atomic_t count; long after; };
static struct object object;
static inline void atomic_inc(atomic_t *v) { __asm__ volatile("lock; incl %0" : "+m"(v->counter) : : "memory"); }
static inline int atomic_cmpxchg(atomic_t *v, int old, int new) { int r; __asm__ volatile("lock; cmpxchgl %2, %1" : "=a"(r), "+m"(v->counter) : "r"(new), "0"(old) : "memory"); return r; }
void get(void) { atomic_inc(&object.count); }
int try(void) { return atomic_cmpxchg(&object.count, 0, 1); }
// CHECK:get:
// CHECK-NEXT:atomics_asm.c:object.count.counter
// CHECK-NEXT:end
// CHECK-NEXT:try:
// CHECK-NEXT:atomics_asm.c:object.count.counter
// CHECK-NEXT:end
