// IDIOM: external_getter
// RUN: %may_modify %s | %FileCheck
/* An untyped pointer from outside, typed by its use. */
struct drvdata { int irqs; int resets; };
struct device;
extern void *dev_get_drvdata(const struct device *dev);
static int calls;
void reset(struct device *dev) { struct drvdata *d = dev_get_drvdata(dev); d->resets++; }
void count(void) { calls++; }
// CHECK:count:
// CHECK-NEXT:external_getter_void.c:calls
// CHECK-NEXT:end
// CHECK-NEXT:reset:
// CHECK-NEXT:*  [by unknown]
// CHECK-NEXT:struct drvdata.resets
// CHECK-NEXT:unknown: outside-call dev_get_drvdata in reset
// CHECK-NEXT:end
