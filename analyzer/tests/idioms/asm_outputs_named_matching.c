// IDIOM: asm_outputs
// RUN: %may_modify %s | %FileCheck
/* Named operands, matching constraints, flag outputs, and a barrier that ties one object. */
typedef struct { int counter; } atomic_t;
struct lock { atomic_t val; int owner; };
static struct lock lock_a, lock_b;
static long prev_value;
void add_named(int n) { __asm__ volatile("lock addl %[n],%[val]" : [val] "+m"(lock_a.val.counter) : [n] "ir"(n)); }
int dec_and_test(void) { _Bool zero; __asm__ volatile("lock decl %[var]" : [var] "+m"(lock_b.val.counter), "=@cce"(zero) :: "memory"); return zero; }
void exchange(long v) { long r; __asm__("xchg %0,%1" : "=r"(r), "=m"(prev_value) : "0"(v), "m"(prev_value)); }
void tie(int *unused) { struct lock *l = &lock_b; (void)unused; __asm__ volatile("" : "+m"(*l)); }
// CHECK:add_named:
// CHECK-NEXT:asm_outputs_named_matching.c:lock_a.val.counter
// CHECK-NEXT:end
// CHECK-NEXT:dec_and_test:
// CHECK-NEXT:asm_outputs_named_matching.c:lock_b.val.counter
// CHECK-NEXT:end
// CHECK-NEXT:exchange:
// CHECK-NEXT:asm_outputs_named_matching.c:prev_value
// CHECK-NEXT:end
// CHECK-NEXT:tie:
// CHECK-NEXT:asm_outputs_named_matching.c:lock_b.owner
// CHECK-NEXT:asm_outputs_named_matching.c:lock_b.val.counter
// CHECK-NEXT:end
