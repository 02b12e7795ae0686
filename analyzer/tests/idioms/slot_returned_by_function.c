// IDIOM: function_pointer_layers
// RUN: %may_modify %s | %FileCheck
/* A function gives the address of the slot, the caller sets it or calls what is there. */
static int hits, cold; static void hit(void) { hits++; } static void never(void) { cold++; }
static void (*slots[2])(void); static void (*other)(void) = never;
static void (**slot(int i))(void) { return &slots[i & 1]; }
void set(int i) { *slot(i) = hit; }
void run(int i) { (*slot(i))(); }
int get(void) { return other != 0; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:never:
// CHECK-NEXT:slot_returned_by_function.c:cold
// CHECK-NEXT:end
// CHECK-NEXT:run:
// CHECK-NEXT:slot_returned_by_function.c:hits
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:slot_returned_by_function.c:slots[]
// CHECK-NEXT:end
