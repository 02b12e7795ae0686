// IDIOM: function_pointer_layers
// RUN: %may_modify %s | %FileCheck
struct lock { int held; };
static struct lock one, two;
static void acquire(struct lock *l) { l->held = 1; }
void first(void) { acquire(&one); }
void second(void) { acquire(&two); }
// CHECK:first:
// CHECK-NEXT:function_parameters.c:one.held
// CHECK-NEXT:end
// CHECK-NEXT:second:
// CHECK-NEXT:function_parameters.c:two.held
// CHECK-NEXT:end
