// IDIOM: recursion
// RUN: %may_modify %s | %FileCheck
static int evens, odds;
static int odd(unsigned n);
static int even(unsigned n) { evens++; return n == 0 ? 1 : odd(n - 1); }
static int odd(unsigned n) { odds++; return n == 0 ? 0 : even(n - 1); }
int check(unsigned n) { return even(n); }
// CHECK:check:
// CHECK-NEXT:mutual_recursion.c:evens
// CHECK-NEXT:mutual_recursion.c:odds
// CHECK-NEXT:end
