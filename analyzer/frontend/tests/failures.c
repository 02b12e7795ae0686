// A unit with an error is no smaller result: it fails, with the place of the first error.
// RUN: %not %facts -o %t.facts %s -- gcc -c %s 2>&1 | %FileCheck
// RUN: %not test -e %t.facts
// RUN: %not %facts -o %t.facts /nonexistent.c -- gcc -c /nonexistent.c 2>&1 | %FileCheck --check-prefix=MISSING
// RUN: %not %facts -o /nonexistent/x.facts %S/cleanup.c -- gcc 2>&1 | %FileCheck --check-prefix=OUTPUT
// RUN: %not %facts --read %s 2>&1 | %FileCheck --check-prefix=READ
// RUN: %not %facts --frobnicate 2>&1 | %FileCheck --check-prefix=USAGE
int fine(void) { return 0; }
int broken(void) { return missing; }
int broken_too(void) { return also_missing; }
// CHECK: {{.*}}failures.c:[[@LINE-2]]:27: use of undeclared identifier 'missing'
// CHECK-NOT: also_missing
// MISSING: /nonexistent.c: {{.*}}No such file
// OUTPUT: /nonexistent/x.facts
// READ: malformed facts: not a facts file
// USAGE: unknown option --frobnicate
