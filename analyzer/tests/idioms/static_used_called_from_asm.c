// IDIOM: entry_points
// RUN: %may_modify %s | %FileCheck
/* Static functions that are kept for assembly: called from there, with what assembly hands them. */
struct frame { long ip; int error; }; static struct frame *last; static struct frame boot_frame; static int faults, cold;
static void __attribute__((used)) fault_entry(struct frame *f) { last = f; faults++; }
__asm__("fault_stub:\n\tmovq %rsp, %rdi\n\tcall fault_entry\n\tiretq\n");
void fix(void) { if (last) last->error = 0; }
void boot(void) { boot_frame.ip = 1; }
int get(void) { return cold; }
// CHECK:boot:
// CHECK-NEXT:static_used_called_from_asm.c:boot_frame.ip
// CHECK-NEXT:end
// CHECK-NEXT:fault_entry:
// CHECK-NEXT:static_used_called_from_asm.c:faults
// CHECK-NEXT:static_used_called_from_asm.c:last
// CHECK-NEXT:end
// CHECK-NEXT:fix:
// CHECK-NEXT:static_used_called_from_asm.c:boot_frame.error
// CHECK-NEXT:struct frame.error
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
