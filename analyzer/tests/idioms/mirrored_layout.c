// IDIOM: struct_casts
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/a.c %t.d/b.c | %FileCheck
/* A unit that may not see a record describes its layout again under other names. */
//--- a.c
struct device { int id; long flags; void *data; }; struct device device; static int cold;
int get(void) { return cold; }
//--- b.c
struct device; extern struct device device;
struct device_mirror { int number; long bits; void *payload; };
struct other { int number; long bits; void *payload; } other;
static void flag(void *p) { struct device_mirror *m = p; m->bits |= 1; }
void (*hook)(void *) = flag;
static struct device_mirror own;
void go(int k) { hook(k ? (void *)&device : (void *)&own); }
//--- expected
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:flag:
// CHECK-NEXT:b.c:own.bits
// CHECK-NEXT:device.flags
// CHECK-NEXT:struct device_mirror.bits
// CHECK-NEXT:end
// CHECK-NEXT:go:
// CHECK-NEXT:b.c:own.bits
// CHECK-NEXT:device.flags
// CHECK-NEXT:end
