// IDIOM: alias_weak
// RUN: %may_modify %s | %FileCheck
static int strong_ran, weak_ran;
void real(void) { strong_ran = 1; }
extern void other_name(void) __attribute__((alias("real")));
void __attribute__((weak)) hook(void) { weak_ran = 1; }
void call_alias(void) { other_name(); }
void call_hook(void) { hook(); }
// CHECK:call_alias:
// CHECK-NEXT:alias_weak.c:strong_ran
// CHECK-NEXT:end
// CHECK-NEXT:call_hook:
// CHECK-NEXT:alias_weak.c:weak_ran
// CHECK-NEXT:end
// CHECK-NEXT:hook:
// CHECK-NEXT:alias_weak.c:weak_ran
// CHECK-NEXT:end
// CHECK-NEXT:real:
// CHECK-NEXT:alias_weak.c:strong_ran
// CHECK-NEXT:end
