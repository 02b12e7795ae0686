// IDIOM: handler_parameter
// RUN: %may_modify %s | %FileCheck
/* Numbers select, they do not point. */
struct gpio { int value; int direction; };
static struct gpio bank[32];
int set(unsigned pin, int value) { if (pin >= 32) return -22; bank[pin].value = value; return 0; }
int direction(unsigned pin) { return bank[pin & 31].direction; }
// CHECK:direction:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:handler_parameter_scalar.c:bank[].value
// CHECK-NEXT:end
