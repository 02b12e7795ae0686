// RUN: %print %s | %FileCheck
// The visible entries that a SYSCALL_DEFINE macro makes are marked, with the function that they stand for.
struct pt_regs { unsigned long di, si; };
#define SYSCALL_DEFINE2(name, t1, a1, t2, a2) \
  static long __se_sys_##name(long a1, long a2); \
  static inline long __do_sys_##name(t1 a1, t2 a2); \
  long __x64_sys_##name(const struct pt_regs *regs); \
  long __x64_sys_##name(const struct pt_regs *regs) { return __se_sys_##name(regs->di, regs->si); } \
  static long __se_sys_##name(long a1, long a2) { return __do_sys_##name((t1)a1, (t2)a2); } \
  static inline long __do_sys_##name(t1 a1, t2 a2)
int state;
SYSCALL_DEFINE2(setstate, int, value, void *, buffer) { state = value; return buffer != 0; }
long ordinary(void) { return 0; }
// CHECK: code __x64_sys_setstate: fn(struct pt_regs*)->long defined syscall entry of __do_sys_setstate
// CHECK: code ordinary: fn()->long defined @
// CHECK: code __do_sys_setstate: fn(int, void*)->long defined internal
// CHECK: function __x64_sys_setstate(
// CHECK: call __se_sys_setstate(
