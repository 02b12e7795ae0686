// IDIOM: alias_weak
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/generic.c %t.d/arch.c | %FileCheck
/* A weak alias that another unit overrides, and one that stays. */
//--- generic.c
int generic_hits; static int cold;
static void generic_hook(void) { generic_hits++; }
void arch_hook(void) __attribute__((weak, alias("generic_hook")));
void other_hook(void) __attribute__((weak, alias("generic_hook")));
void call_arch(void) { arch_hook(); }
void call_other(void) { other_hook(); }
int get(void) { return cold; }
//--- arch.c
int arch_hits;
void arch_hook(void) { arch_hits++; }
//--- expected
// CHECK:arch_hook:
// CHECK-NEXT:arch_hits
// CHECK-NEXT:end
// CHECK-NEXT:call_arch:
// CHECK-NEXT:arch_hits
// CHECK-NEXT:end
// CHECK-NEXT:call_other:
// CHECK-NEXT:generic_hits
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
