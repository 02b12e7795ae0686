// IDIOM: function_pointer_layers
// RUN: %may_modify %s | %FileCheck
/* Definitions and pointers without prototypes. */
static int a, b, cold;
static void set(p, v) int *p; int v; { *p = v; }
typedef void (*loose)();
static loose f = (loose)set;
void one(void) { set(&a, 1); }
void two(void) { f(&b, 1); }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:one:
// CHECK-NEXT:old_style_calls.c:a
// CHECK-NEXT:end
// CHECK-NEXT:two:
// CHECK-NEXT:old_style_calls.c:b
// CHECK-NEXT:end
