// IDIOM: init_phase
// RUN: %may_modify %s | %FileCheck
static int configured, counter;
static void __attribute__((section(".init.text"), noinline)) setup(void) { configured = 1; }
void start(void) { setup(); counter = 1; }
// CHECK:start:
// CHECK-NEXT:init_phase.c:configured  [init]
// CHECK-NEXT:init_phase.c:counter
// CHECK-NEXT:end
