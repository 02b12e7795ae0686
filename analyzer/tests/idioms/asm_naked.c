// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* The body is assembly, and finds its parameters in registers. */
static int state, cold;
__attribute__((naked)) void store_naked(int *p, int v) { __asm__("movl %esi, (%rdi)\n\tret"); }
void set(void) { store_naked(&state, 1); }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:asm_naked.c:state
// CHECK-NEXT:end
// CHECK-NEXT:store_naked:
// CHECK-NEXT:*  [by unknown]  (2 leaves)
// CHECK-NEXT:asm_naked.c:state
// CHECK-NEXT:unknown: entry-parameter p in store_naked
// CHECK-NEXT:end
