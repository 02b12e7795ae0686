// IDIOM: array_variable_index
// RUN: %may_modify %s | %FileCheck
/* Registers in a row, addressed as an array from the first. */
typedef unsigned long u64;
struct regs { u64 r0, r1, r2, r3; int flags; int mode; };
static struct regs regs; static int cold;
void write_register(int n, u64 v) { if (n < 0 || n > 3) return; (&regs.r0)[n] = v; }
void write_by_pointer(int n, u64 v) { u64 *base = &regs.r0; *(base + (n & 3)) = v; }
int get(void) { return cold + regs.mode; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:write_by_pointer:
// CHECK-NEXT:run_of_members.c:regs.r0
// CHECK-NEXT:run_of_members.c:regs.r1
// CHECK-NEXT:run_of_members.c:regs.r2
// CHECK-NEXT:run_of_members.c:regs.r3
// CHECK-NEXT:end
// CHECK-NEXT:write_register:
// CHECK-NEXT:run_of_members.c:regs.r0
// CHECK-NEXT:run_of_members.c:regs.r1
// CHECK-NEXT:run_of_members.c:regs.r2
// CHECK-NEXT:run_of_members.c:regs.r3
// CHECK-NEXT:end
