// IDIOM: entry_points
// RUN: %may_modify %s | %FileCheck
/* A plain array of functions, as xv6 has it; indices from a register. */
typedef unsigned long u64;
struct proc { u64 a7, a0; int killed; };
static struct proc *curproc; static struct proc init; static int ticks, forks, other;
static u64 sys_fork(void) { forks++; return 0; }
static u64 sys_uptime(void) { return (u64)ticks; }
static u64 sys_kill(void) { curproc->killed = 1; return 0; }
static u64 (*syscalls[])(void) = {[1] = sys_fork, [6] = sys_kill, [14] = sys_uptime};
void userinit(void) { curproc = &init; }
void syscall(void) { u64 num = curproc->a7; if (num < sizeof syscalls / sizeof *syscalls && syscalls[num]) curproc->a0 = syscalls[num](); }
int untouched(void) { return other; }
// CHECK:syscall:
// CHECK-NEXT:system_call_table_plain.c:forks
// CHECK-NEXT:system_call_table_plain.c:init.a0
// CHECK-NEXT:system_call_table_plain.c:init.killed
// CHECK-NEXT:end
// CHECK-NEXT:untouched:
// CHECK-NEXT:end
// CHECK-NEXT:userinit:
// CHECK-NEXT:system_call_table_plain.c:curproc
// CHECK-NEXT:end
