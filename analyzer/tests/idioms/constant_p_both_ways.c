// IDIOM: statement_expression
// RUN: %may_modify %s | %FileCheck
/* Which branch __builtin_constant_p takes is the optimiser's to say. */
int fast_hits, slow_hits, cold;
static inline void hit(int n) { if (__builtin_constant_p(n)) fast_hits++; else slow_hits++; }
void constant(void) { hit(3); }
void variable(int n) { hit(n); }
int get(void) { return cold; }
// CHECK:constant:
// CHECK-NEXT:fast_hits
// CHECK-NEXT:slow_hits
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:variable:
// EXTRA-NEXT:fast_hits
// CHECK-NEXT:slow_hits
// CHECK-NEXT:end
