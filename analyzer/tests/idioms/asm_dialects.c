// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* Templates for two assemblers: {AT&T|Intel}. */
static int state, cold; static long slot;
void set(int v) { __asm__ volatile("mov{l %1, (%0)| dword ptr [%0], %1}" : : "r"(&state), "r"(v) : "memory"); }
void swap(long v) { __asm__ volatile("xchg{q} {%1, (%0)|qword ptr [%0], %1}" : : "r"(&slot), "r"(v) : "memory"); }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:asm_dialects.c:state
// CHECK-NEXT:end
// CHECK-NEXT:swap:
// CHECK-NEXT:asm_dialects.c:slot
// CHECK-NEXT:end
