// What gcc 12 only warns of does not fail a unit, with -Werror neither.
// RUN: %facts --print %s -- gcc -std=gnu11 -Werror -Wall -pedantic-errors %s | %FileCheck
int *number_as_pointer = 5;
int implicit(void) { return never_declared(3); }
// CHECK-LABEL: function implicit(
// CHECK: call never_declared(3)
void takes_long(long *);
void other_pointer(int *p) { takes_long(p); }
// CHECK-LABEL: function other_pointer(
// CHECK: call takes_long(
void (*hook)(int);
int no_value(void) { hook = implicit; return; }
// CHECK-LABEL: function no_value(
// CHECK: address implicit
old_style(a) int *a; { return *a; }
// CHECK-LABEL: function old_style(
// CHECK: load %a#0
