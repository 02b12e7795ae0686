// IDIOM: alias_weak
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/generic.c %t.d/arch.c | %FileCheck
//--- generic.c
int generic_calls;
void __attribute__((weak)) arch_setup(void) { generic_calls++; }
void start(void) { arch_setup(); }
//--- arch.c
int arch_calls;
void arch_setup(void) { arch_calls++; }
//--- expected
// CHECK:arch_setup:
// CHECK-NEXT:arch_calls
// CHECK-NEXT:end
// CHECK-NEXT:start:
// CHECK-NEXT:arch_calls
// CHECK-NEXT:end
