// IDIOM: container_of
// RUN: %may_modify %s | %FileCheck
#define container_of(ptr, type, member) ({ void *__mptr = (void *)(ptr); ((type *)(__mptr - __builtin_offsetof(type, member))); })
struct kobject { int refs; const char *name; };
struct device { struct kobject kobj; int id; };
struct nic { long regs; struct device dev; int packets; };
static struct nic eth0, eth1;
static inline struct device *kobj_to_dev(struct kobject *kobj) { return container_of(kobj, struct device, kobj); }
static inline struct nic *to_nic(struct device *dev) { return container_of(dev, struct nic, dev); }
static void count(struct kobject *kobj) { to_nic(kobj_to_dev(kobj))->packets++; }
void receive0(void) { count(&eth0.dev.kobj); }
void receive1(void) { count(&eth1.dev.kobj); }
int id(void) { return eth0.dev.id + eth1.dev.id; }
// CHECK:id:
// CHECK-NEXT:end
// CHECK-NEXT:receive0:
// CHECK-NEXT:container_of_through_helper.c:eth0.packets
// CHECK-NEXT:end
// CHECK-NEXT:receive1:
// CHECK-NEXT:container_of_through_helper.c:eth1.packets
// CHECK-NEXT:end
