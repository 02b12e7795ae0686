// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* One template keeps an address in a register for the next: where that stores cannot be told. */
struct task { int uses; }; static struct task one; static int cold;
void pin(void) { __asm__ volatile("movq %0, %%r12" : : "r"(&one) : "r12"); }
void use(int v) { __asm__ volatile("movl %0, (%%r12)" : : "r"(v) : "memory"); }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:pin:
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:*  [by unknown]  (2 leaves)
// CHECK-NEXT:unknown: asm-store movl %0, (%%r12) in use
// CHECK-NEXT:end
