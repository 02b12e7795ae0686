// IDIOM: atomics_asm
// RUN: %may_modify %s | %FileCheck
#define LOCK_PREFIX ".pushsection .smp_locks,\"a\"\n.balign 4\n.long 671f - .\n.popsection\n671:\n\tlock; "
typedef struct { int counter; } atomic_t;
struct obj { atomic_t refs; atomic_t users; struct obj *parent; };
static struct obj root, leaf = {.parent = &root};
static inline int xadd(atomic_t *v, int i) { __asm__ volatile(LOCK_PREFIX "xaddl %0, %1\n" : "+r"(i), "+m"(v->counter) : : "memory", "cc"); return i; }
static inline unsigned long xchg_ptr(struct obj **p, struct obj *n) { __asm__ volatile("xchgq %0, %1" : "+r"(n), "+m"(*p) : : "memory"); return (unsigned long)n; }
static inline void set_bit(long nr, volatile unsigned long *addr) { __asm__ volatile(LOCK_PREFIX "btsq %1,%0" : : "m"(*addr), "Ir"(nr) : "memory"); }
static unsigned long bitmap[4];
int get(void) { return xadd(&leaf.parent->refs, 1); }
void adopt(void) { xchg_ptr(&leaf.parent, &leaf); }
void mark(long n) { set_bit(n, bitmap); }
int users(void) { return root.users.counter; }
// CHECK:adopt:
// CHECK-NEXT:atomics_x86_xadd_lock_prefix.c:leaf.parent
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:atomics_x86_xadd_lock_prefix.c:leaf.refs.counter
// CHECK-NEXT:atomics_x86_xadd_lock_prefix.c:root.refs.counter
// CHECK-NEXT:end
// CHECK-NEXT:mark:
// CHECK-NEXT:atomics_x86_xadd_lock_prefix.c:bitmap[]
// CHECK-NEXT:end
// CHECK-NEXT:users:
// CHECK-NEXT:end
