// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* An alternative call: the callee is an immediate operand, its argument a register. */
struct page { long words[8]; int cleared; };
static struct page pages[4]; static int slow_calls, cold;
static void __attribute__((used)) clear_slow(struct page *p) { p->words[0] = 0; slow_calls++; }
void clear(int i) { struct page *p = &pages[i & 3]; __asm__ volatile("call %P[f]" : "+D"(p) : [f] "i"(clear_slow) : "rax", "rcx", "memory"); }
int get(void) { return cold; }
// CHECK:clear:
// CHECK-NEXT:*  [by unknown]  (4 leaves)
// CHECK-NEXT:asm_call_immediate_function.c:pages[].words[]
// CHECK-NEXT:asm_call_immediate_function.c:slow_calls
// CHECK-NEXT:unknown: asm-call call %P1 in clear
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
