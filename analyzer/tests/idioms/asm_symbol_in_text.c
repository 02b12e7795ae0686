// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* Templates that name the variable themselves. */
int counter __attribute__((used)); static int hidden __attribute__((used)); static int cold;
void bump(void) { __asm__ volatile("incl counter(%%rip)" ::: "memory"); }
void bump_hidden(void) { __asm__ volatile("lock; addl $1, hidden(%%rip)" ::: "memory", "cc"); }
void bump_immediate(void) { __asm__ volatile("incl %c0(%%rip)" : : "i"(&counter) : "memory"); }
int get(void) { return cold; }
// CHECK:bump:
// CHECK-NEXT:counter
// CHECK-NEXT:end
// CHECK-NEXT:bump_hidden:
// CHECK-NEXT:asm_symbol_in_text.c:hidden
// CHECK-NEXT:end
// CHECK-NEXT:bump_immediate:
// CHECK-NEXT:counter
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
