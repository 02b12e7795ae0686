// IDIOM: asm_outputs
// RUN: %may_modify %s | %FileCheck
static int word, counter, untouched;
void set(void) { __asm__("movl $1, %0" : "=m"(word)); }
void add(void) { __asm__ volatile("lock; incl %0" : "+m"(counter) : : "memory", "cc"); }
int get(void) { int v; __asm__("movl %1, %0" : "=r"(v) : "m"(untouched)); return v; }
// CHECK:add:
// CHECK-NEXT:asm_memory_output.c:counter
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:asm_memory_output.c:word
// CHECK-NEXT:end
