// IDIOM: read_once
// RUN: %may_modify %s | %FileCheck
#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) do { *(volatile typeof(x) *)&(x) = (v); } while (0)
struct thread { unsigned long flags; int cpu; struct { unsigned char need_resched : 1, polling : 1; unsigned char pad; } bits; };
static struct thread threads[4];
void set_cpu(int t, int cpu) { WRITE_ONCE(threads[t & 3].cpu, cpu); }
void resched(int t) { if (!READ_ONCE(threads[t & 3].flags)) threads[t & 3].bits.need_resched = 1; }
unsigned long flags(int t) { return READ_ONCE(threads[t & 3].flags); }
// CHECK:flags:
// CHECK-NEXT:end
// CHECK-NEXT:resched:
// CHECK-NEXT:read_once_flags_words.c:threads[].bits.need_resched
// CHECK-NEXT:end
// CHECK-NEXT:set_cpu:
// CHECK-NEXT:read_once_flags_words.c:threads[].cpu
// CHECK-NEXT:end
