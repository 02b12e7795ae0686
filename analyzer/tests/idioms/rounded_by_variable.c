// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* Addresses that are rounded to a multiple which is a variable, by remainder and by division. */
static unsigned line = 64; static char heap[4096]; static unsigned long next = (unsigned long)0; struct item { int v; }; static struct item *by_division, *by_remainder; static int cold;
static unsigned long round_up(unsigned long x) { return (x + line - 1) / line * line; }
static unsigned long round_down(unsigned long x) { return x - x % line; }
void make(void) { by_division = (struct item *)round_up((unsigned long)heap); by_remainder = (struct item *)round_down((unsigned long)heap + 2048); }
void first(void) { by_division->v = 1; }
void second(void) { by_remainder->v = 2; }
int get(void) { return cold; }
// CHECK:first:
// CHECK-NEXT:rounded_by_variable.c:heap[]
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:make:
// CHECK-NEXT:rounded_by_variable.c:by_division
// CHECK-NEXT:rounded_by_variable.c:by_remainder
// CHECK-NEXT:end
// CHECK-NEXT:second:
// CHECK-NEXT:rounded_by_variable.c:heap[]
// CHECK-NEXT:end
