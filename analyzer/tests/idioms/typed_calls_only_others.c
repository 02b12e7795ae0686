// IDIOM: typed_calls
// RUN: rm -rf %t.d && %split %t.d && env MANIFEST=%t.d/manifest %may_modify %t.d/server.c | %FileCheck
/* A handler of another type is all that the pointer ever holds: the call is not left without a target, typed or not. */
//--- manifest
[kernel]
name = typed
source_root = .
calls = typed
[entity server]
path = server.c
role = server
[transactions]
entry = attach
entry = interrupt
entry = other
//--- server.c
struct device { int count, idle; };
static int (*handler)(void *);
static void *argument;
static int cold;
static int device_interrupt(struct device *device) { return ++device->count; }
static struct device device;
void attach(void) { handler = (int (*)(void *))device_interrupt; argument = &device; }
int interrupt(void) { return handler ? handler(argument) : 0; }
int other(void) { return cold + device.idle; }
//--- expected
// CHECK:attach:
// CHECK-NEXT:server.c:argument
// CHECK-NEXT:server.c:handler
// CHECK-NEXT:end
// CHECK-NEXT:interrupt:
// CHECK-NEXT:server.c:device.count
// CHECK-NEXT:end
// CHECK-NEXT:other:
// CHECK-NEXT:end
