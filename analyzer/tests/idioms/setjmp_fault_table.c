// IDIOM: setjmp_flow
// RUN: %may_modify %s | %FileCheck
/* xv6 and BSD style: a per-task pointer names where to go on after a fault. */
struct pcb { void *onfault; int faults; }; static struct pcb pcb; static int copied;
int copyin(const int *user) { pcb.onfault = &&fault; copied = *user; pcb.onfault = 0; return 0; fault: pcb.onfault = 0; pcb.faults++; return -14; }
int faults(void) { return pcb.faults; }
// CHECK:copyin:
// CHECK-NEXT:setjmp_fault_table.c:copied
// CHECK-NEXT:setjmp_fault_table.c:pcb.faults
// CHECK-NEXT:setjmp_fault_table.c:pcb.onfault
// CHECK-NEXT:end
// CHECK-NEXT:faults:
// CHECK-NEXT:end
