// IDIOM: alias_weak
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/generic.c %t.d/arch.c | %FileCheck
/* A weak table that another unit defines for good, a weak variable that stays, a common one that is defined once. */
//--- generic.c
struct ops { void (*idle)(void); int *count; };
int generic_idles, generic_count, tentative, cold;
void generic_idle(void) { generic_idles++; }
struct ops cpu_ops __attribute__((weak)) = {generic_idle, &generic_count};
int weak_level __attribute__((weak)) = 1;
void idle(void) { cpu_ops.idle(); ++*cpu_ops.count; }
void raise(void) { weak_level++; tentative = 2; }
int get(void) { return cold; }
//--- arch.c
struct ops { void (*idle)(void); int *count; };
int arch_idles, arch_count, tentative = 1;
static void arch_idle(void) { arch_idles++; }
struct ops cpu_ops = {arch_idle, &arch_count};
//--- expected
// CHECK:arch_idle:
// CHECK-NEXT:arch_idles
// CHECK-NEXT:end
// CHECK-NEXT:generic_idle:
// CHECK-NEXT:generic_idles
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:idle:
// CHECK-NEXT:*  [by unknown]  (9 leaves)
// CHECK-NEXT:arch_count
// CHECK-NEXT:arch_idles
// CHECK-NEXT:unknown: outside-memory arch.c:struct ops.count in idle
// CHECK-NEXT:end
// CHECK-NEXT:raise:
// CHECK-NEXT:tentative
// CHECK-NEXT:weak_level
// CHECK-NEXT:end
