// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
static int a, b, c;
static void set_a(void) { a = 1; }
static void set_b(void) { b = 1; }
static void set_c(void) { c = 1; }
static void (*const table[])(void) = {set_a, 0, set_b};
void (*outside_of_table)(void) = set_c;
void dispatch(unsigned n) { if (n < 3 && table[n]) table[n](); }
// CHECK:dispatch:
// CHECK-NEXT:ops_array.c:a
// CHECK-NEXT:ops_array.c:b
// CHECK-NEXT:end
// CHECK-NEXT:set_c:
// CHECK-NEXT:ops_array.c:c
// CHECK-NEXT:end
