// IDIOM: bit_fields
// RUN: %may_modify %s | %FileCheck
struct flags { unsigned ready : 1; unsigned busy : 1; unsigned count : 6; int plain; };
static struct flags flags;
void set_busy(void) { flags.busy = 1; }
void count(void) { flags.count++; }
// CHECK:count:
// CHECK-NEXT:bit_fields.c:flags.count
// CHECK-NEXT:end
// CHECK-NEXT:set_busy:
// CHECK-NEXT:bit_fields.c:flags.busy
// CHECK-NEXT:end
