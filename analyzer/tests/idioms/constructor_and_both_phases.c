// IDIOM: init_phase
// RUN: %may_modify %s | %FileCheck
/* A constructor, a helper that initialisation and run time share, and an init function that run time calls once more. */
#define __init __attribute__((section(".init.text"), noinline))
static int built, shared, only_init, cold;
static __attribute__((noinline)) void helper(void) { shared++; }
static __attribute__((noinline)) void deep(void) { only_init = 1; }
static void __attribute__((constructor)) build(void) { built = 1; }
static void __init setup(void) { helper(); deep(); }
void start(void) { setup(); }
void run(void) { setup(); helper(); }
int get(void) { return cold; }
// CHECK:build:
// CHECK-NEXT:constructor_and_both_phases.c:built  [init]
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:run:
// CHECK-NEXT:constructor_and_both_phases.c:only_init  [init]
// CHECK-NEXT:constructor_and_both_phases.c:shared
// CHECK-NEXT:end
// CHECK-NEXT:start:
// CHECK-NEXT:constructor_and_both_phases.c:only_init  [init]
// CHECK-NEXT:constructor_and_both_phases.c:shared  [init]
// CHECK-NEXT:end
