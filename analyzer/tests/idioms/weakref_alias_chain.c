// IDIOM: alias_weak
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/a.c %t.d/b.c | %FileCheck
/* A weakref, and an alias of an alias that another unit overrides in the middle. */
//--- a.c
int generic, cold;
void target(void);
static void maybe(void) __attribute__((weakref("target")));
void generic_idle(void) { generic++; }
void arch_idle(void) __attribute__((weak, alias("generic_idle")));
void use(void) { if (maybe) maybe(); }
void idle(void) { arch_idle(); }
int get(void) { return cold; }
//--- b.c
int hits, special;
void target(void) { hits++; }
void arch_idle(void) { special++; }
//--- expected
// CHECK:generic_idle:
// CHECK-NEXT:generic
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:idle:
// CHECK-NEXT:special
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:hits
// CHECK-NEXT:end
// CHECK-NEXT:arch_idle:
// CHECK-NEXT:special
// CHECK-NEXT:end
// CHECK-NEXT:target:
// CHECK-NEXT:hits
// CHECK-NEXT:end
