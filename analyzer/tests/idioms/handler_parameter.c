// IDIOM: handler_parameter
// RUN: %may_modify %s | %FileCheck
struct device { int status; long data; };
struct bus { struct device devices[4]; };
static struct bus bus;
void handler(struct device *d) { d->status = 1; }
int read(void) { return bus.devices[0].status; }
// CHECK:handler:
// CHECK-NEXT:handler_parameter.c:bus.devices[].status
// CHECK-NEXT:struct bus.devices[].status
// CHECK-NEXT:struct device.status
// CHECK-NEXT:end
// CHECK-NEXT:read:
// CHECK-NEXT:end
