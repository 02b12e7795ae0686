// IDIOM: typed_calls
// RUN: rm -rf %t.d && %split %t.d && env MANIFEST=%t.d/manifest %may_modify %t.d/server.c | %FileCheck
/* The same handler beside one of the call's type: without `calls = typed` both are called. */
//--- manifest
[kernel]
name = untyped
source_root = .
[entity server]
path = server.c
role = server
[transactions]
entry = attach
entry = interrupt
//--- server.c
struct device { int count, idle; };
static int (*handler)(void *);
static int spurious;
static int device_interrupt(struct device *device) { return ++device->count; }
static int ignore(void *unused) { (void)unused; return ++spurious; }
static struct device device;
void attach(int which) { handler = which ? (int (*)(void *))device_interrupt : ignore; }
int interrupt(void) { return handler ? handler(&device) : 0; }
//--- expected
// CHECK:attach:
// CHECK-NEXT:server.c:handler
// CHECK-NEXT:end
// CHECK-NEXT:interrupt:
// CHECK-NEXT:server.c:device.count
// CHECK-NEXT:server.c:spurious
// CHECK-NEXT:end
