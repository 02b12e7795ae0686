// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* The address is an immediate operand, and the template writes it out. */
static int direct; static long by_symbol, cold; int shared;
void bump(void) { __asm__ volatile("incl %c0(%%rip)" : : "i"(&direct) : "cc", "memory"); }
void named(void) { __asm__ volatile("movl $1, shared(%%rip)" : : : "memory"); }
long read(void) { long v; __asm__ volatile("movq %c1(%%rip), %0" : "=r"(v) : "i"(&by_symbol)); return v + cold; }
// CHECK:bump:
// CHECK-NEXT:asm_immediate_address.c:direct
// CHECK-NEXT:end
// CHECK-NEXT:named:
// CHECK-NEXT:shared
// CHECK-NEXT:end
// CHECK-NEXT:read:
// CHECK-NEXT:end
