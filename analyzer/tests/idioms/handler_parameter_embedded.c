// IDIOM: handler_parameter
// RUN: %may_modify %s | %FileCheck
/* What the pointer may lead to: each object in scope that holds one, and the type itself. */
struct kref { int count; };
struct driver { struct kref kref; int users; };
struct driver pci_driver;
static const struct driver constant_driver;
void get(struct kref *k) { k->count++; }
int users(struct driver *d) { return d->users + constant_driver.users; }
// CHECK:get:
// CHECK-NEXT:pci_driver.kref.count
// CHECK-NEXT:struct driver.kref.count
// CHECK-NEXT:struct kref.count
// CHECK-NEXT:end
// CHECK-NEXT:users:
// CHECK-NEXT:end
