// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* The template loads a pointer and stores through it. */
struct task { int uses; }; static struct task one, spare; static struct task *current = &one; static int cold;
void count(void) { __asm__ volatile("movq (%0), %%rax\n\tincl (%%rax)" : : "r"(&current) : "rax", "memory"); }
void count_symbolic(void) { __asm__ volatile("movq %0, %%rax\n\tincl (%%rax)" : : "m"(current) : "rax", "memory"); }
int get(void) { return spare.uses + cold; }
// CHECK:count:
// EXTRA-NEXT:asm_two_levels.c:current
// CHECK-NEXT:asm_two_levels.c:one.uses
// CHECK-NEXT:end
// CHECK-NEXT:count_symbolic:
// CHECK-NEXT:asm_two_levels.c:one.uses
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
