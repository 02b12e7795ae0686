// IDIOM: asm_launder
// RUN: %may_modify %s | %FileCheck
/* Per-CPU stores: a segment prefix before the operand. */
#define __percpu_s __attribute__((section(".data..percpu")))
struct stats { long in, out; }; static __percpu_s struct stats stats; __percpu_s int depth; static int cold;
void enter(void) { __asm__("incl %%gs:%0" : "+m"(depth)); }
void count(void) { __asm__ volatile("addq $1, %%gs:(%0)" : : "r"(&stats.out) : "memory"); }
int get(void) { return cold; }
// CHECK:count:
// CHECK-NEXT:percpu_segment_store.c:stats.out
// CHECK-NEXT:end
// CHECK-NEXT:enter:
// CHECK-NEXT:depth
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
