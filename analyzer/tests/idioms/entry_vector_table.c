// IDIOM: entry_points
// RUN: %may_modify %s | %FileCheck
/* A vector table that the hardware reads: its handlers are entries. */
static int resets, ticks, faults, cold;
static void reset(void) { resets++; } static void tick(void) { ticks++; } static void fault(void) { faults++; }
static void (*const vectors[])(void) __attribute__((used, section(".isr_vector"))) = {reset, tick, fault};
static void quiet(void) { cold++; }
int get(void) { return cold; }
void calm(void) { quiet(); }
// CHECK:calm:
// CHECK-NEXT:entry_vector_table.c:cold
// CHECK-NEXT:end
// CHECK-NEXT:fault:
// CHECK-NEXT:entry_vector_table.c:faults
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:reset:
// CHECK-NEXT:entry_vector_table.c:resets
// CHECK-NEXT:end
// CHECK-NEXT:tick:
// CHECK-NEXT:entry_vector_table.c:ticks
// CHECK-NEXT:end
