// IDIOM: stack_objects
// RUN: %may_modify %s | %FileCheck
/* A frame built on the client's stack: written through a user pointer from the saved registers. */
typedef unsigned long u64; struct regs { u64 ip, sp, di; }; struct frame { u64 pretcode; int sig; struct regs saved; }; struct task { struct regs regs; u64 blocked; u64 handler[64]; u64 altstack; }; static struct task self;
extern unsigned long copy_to_user(void *, const void *, unsigned long);
int deliver(int sig) { struct frame f = {.sig = sig, .saved = self.regs}; u64 sp = (self.regs.sp - sizeof f) & ~15ul; if (copy_to_user((void *)sp, &f, sizeof f)) return -1; self.regs.sp = sp; self.regs.ip = self.handler[sig & 63]; self.regs.di = (u64)sig; self.blocked |= 1ul << sig; return 0; }
u64 alt(void) { return self.altstack; }
// CHECK:alt:
// CHECK-NEXT:end
// CHECK-NEXT:deliver:
// CHECK-NEXT:signal_trampoline.c:self.blocked
// CHECK-NEXT:signal_trampoline.c:self.regs.di
// CHECK-NEXT:signal_trampoline.c:self.regs.ip
// CHECK-NEXT:signal_trampoline.c:self.regs.sp
// CHECK-NEXT:end
