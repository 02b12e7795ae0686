// IDIOM: container_of
// RUN: %may_modify %s | %FileCheck
/* From the kref in the kobject in the device in the port, outwards in two and in three steps; one step stops before the port. */
#define container_of(p, t, m) ({ const __typeof__(((t *)0)->m) *mptr = (p); (t *)((char *)mptr - __builtin_offsetof(t, m)); })
struct kref { int count; }; struct kobject { const char *name; struct kref ref; int state; }; struct device { int id; struct kobject kobj; }; struct port { long base; struct device dev; int open; };
static struct port serial; static struct device lone; static struct kobject bare;
static struct kobject *to_kobj(struct kref *r) { return container_of(r, struct kobject, ref); }
static struct port *to_port(struct kref *r) { return container_of(container_of(to_kobj(r), struct device, kobj), struct port, dev); }
void open_port(void) { to_port(&serial.dev.kobj.ref)->open++; }
void name_device(int id) { container_of(to_kobj(&lone.kobj.ref), struct device, kobj)->id = id; }
void mark(void) { to_kobj(&bare.ref)->state = 1; }
void direct(int up) { struct kref *r = up ? &serial.dev.kobj.ref : &bare.ref; to_kobj(r)->state = 2; }
// CHECK:direct:
// CHECK-NEXT:container_of_container_of.c:bare.state
// CHECK-NEXT:container_of_container_of.c:serial.dev.kobj.state
// CHECK-NEXT:end
// CHECK-NEXT:mark:
// CHECK-NEXT:container_of_container_of.c:bare.state
// CHECK-NEXT:end
// CHECK-NEXT:name_device:
// CHECK-NEXT:container_of_container_of.c:lone.id
// CHECK-NEXT:end
// CHECK-NEXT:open_port:
// CHECK-NEXT:container_of_container_of.c:serial.open
// CHECK-NEXT:end
