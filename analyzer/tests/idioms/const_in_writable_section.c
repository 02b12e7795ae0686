// IDIOM: initialisers
// RUN: %may_modify %s | %FileCheck
/* A constant that its section attribute puts among the data is written through a cast. */
static const int limit __attribute__((section(".data"))) = 3; static const int fixed = 4; static int cold;
void raise(void) { *(int *)&limit = 5; }
int get(void) { return fixed + cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:raise:
// CHECK-NEXT:const_in_writable_section.c:limit
// CHECK-NEXT:end
