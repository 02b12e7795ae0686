// IDIOM: assembly_only
// RUN: %may_modify %s | %FileCheck
/* The table of handlers is written in assembly, its elements are C functions of this file. */
typedef long (*call_t)(void);
extern call_t const calls[2];
static int opened, closed, cold;
static long __attribute__((used)) do_open(void) { return ++opened; }
static long __attribute__((used)) do_close(void) { return ++closed; }
__asm__(".pushsection .rodata\n.globl calls\ncalls:\n\t.quad do_open\n\t.quad do_close\n.popsection\n");
long dispatch(unsigned n) { return calls[n & 1](); }
int get(void) { return cold; }
// CHECK:dispatch:
// CHECK-NEXT:*  [by unknown]  (3 leaves)
// CHECK-NEXT:unknown: outside-call function pointer in dispatch
// CHECK-NEXT:end
// CHECK-NEXT:do_close:
// CHECK-NEXT:toplevel_asm_table.c:closed
// CHECK-NEXT:end
// CHECK-NEXT:do_open:
// CHECK-NEXT:toplevel_asm_table.c:opened
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
