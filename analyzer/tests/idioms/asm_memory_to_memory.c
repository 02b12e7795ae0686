// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* Pointers to plain numbers go from memory to memory by a register that is no operand, by one that is, and by a second template's output. */
static int a, b, c, cold; static int *from_a = &a, *from_b = &b, *from_c = &c, *to_a, *to_b, *to_c;
void by_clobber(void) { __asm__ volatile("movq (%0), %%rax\n\tmovq %%rax, (%1)" : : "r"(&from_a), "r"(&to_a) : "rax", "memory"); }
void use_a(void) { *to_a = 1; }
void by_output(void) { unsigned long t; __asm__ volatile("movq (%1), %0\n\tmovq %0, (%2)" : "=&r"(t) : "r"(&from_b), "r"(&to_b) : "memory"); }
void use_b(void) { *to_b = 2; }
void by_memory(void) { __asm__ volatile("movq %1, %%rdx\n\tmovq %%rdx, %0" : "=m"(to_c) : "m"(from_c) : "rdx"); }
void use_c(void) { *to_c = 3; }
int get(void) { return cold; }
// CHECK:by_clobber:
// CHECK-NEXT:asm_memory_to_memory.c:to_a
// CHECK-NEXT:end
// CHECK-NEXT:by_memory:
// CHECK-NEXT:asm_memory_to_memory.c:to_c
// CHECK-NEXT:end
// CHECK-NEXT:by_output:
// CHECK-NEXT:asm_memory_to_memory.c:to_b
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:use_a:
// CHECK-NEXT:asm_memory_to_memory.c:a
// EXTRA-NEXT:asm_memory_to_memory.c:from_a
// CHECK-NEXT:end
// CHECK-NEXT:use_b:
// CHECK-NEXT:asm_memory_to_memory.c:b
// EXTRA-NEXT:asm_memory_to_memory.c:from_b
// CHECK-NEXT:end
// CHECK-NEXT:use_c:
// CHECK-NEXT:asm_memory_to_memory.c:c
// CHECK-NEXT:end
