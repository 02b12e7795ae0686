// IDIOM: initialisers
// RUN: %may_modify %s | %FileCheck
struct range { int low, high; };
static struct range current;
void reset(void) { current = (struct range){.high = 9}; }
void one(void) { *&(struct range){1, 2} = current; }
// CHECK:one:
// CHECK-NEXT:end
// CHECK-NEXT:reset:
// CHECK-NEXT:compound_literal.c:current.high
// CHECK-NEXT:compound_literal.c:current.low
// CHECK-NEXT:end
