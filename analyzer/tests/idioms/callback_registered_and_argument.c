// IDIOM: callback_void
// RUN: %may_modify %s | %FileCheck
struct work { void (*function)(struct work *); };
struct device { int irqs; struct work work; int done; };
static struct device device;
static struct work *queue[4];
static void device_work(struct work *w) { struct device *d = (struct device *)((char *)w - __builtin_offsetof(struct device, work)); d->done = 1; }
void setup(void) { device.work.function = device_work; }
void interrupt(void) { device.irqs++; queue[0] = &device.work; }
void worker(void) { struct work *w = queue[0]; if (w) { queue[0] = 0; w->function(w); } }
// CHECK:interrupt:
// CHECK-NEXT:callback_registered_and_argument.c:device.irqs
// CHECK-NEXT:callback_registered_and_argument.c:queue[]
// CHECK-NEXT:end
// CHECK-NEXT:setup:
// CHECK-NEXT:callback_registered_and_argument.c:device.work.function
// CHECK-NEXT:end
// CHECK-NEXT:worker:
// CHECK-NEXT:callback_registered_and_argument.c:device.done
// CHECK-NEXT:callback_registered_and_argument.c:queue[]
// CHECK-NEXT:end
