// IDIOM: stack_objects
// RUN: %may_modify %s | %FileCheck
static int a, b, c;
static int *first = &a, *second = &b, *third = &c;
void swap(void) { int **x = &first, **y = &second; int *t = *x; *x = *y; *y = t; }
void write_first(void) { *first = 1; }
void write_third(void) { *third = 1; }
// CHECK:swap:
// CHECK-NEXT:swap_through_pointers.c:first
// CHECK-NEXT:swap_through_pointers.c:second
// CHECK-NEXT:end
// CHECK-NEXT:write_first:
// CHECK-NEXT:swap_through_pointers.c:a
// CHECK-NEXT:swap_through_pointers.c:b
// CHECK-NEXT:end
// CHECK-NEXT:write_third:
// CHECK-NEXT:swap_through_pointers.c:c
// CHECK-NEXT:end
