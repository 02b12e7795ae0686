// IDIOM: read_once
// RUN: %may_modify %s | %FileCheck
/* Two copies, of which readers use the one that the count says; release and acquire by macros with a barrier in assembly. */
#define smp_store_release(p, v) do { __asm__ volatile("" ::: "memory"); *(volatile __typeof__(*(p)) *)(p) = (v); } while (0)
#define smp_load_acquire(p) ({ __typeof__(*(p)) v_ = *(const volatile __typeof__(*(p)) *)(p); __asm__ volatile("" ::: "memory"); v_; })
struct clock { long base; struct source *source; }; struct source { int reads; }; static struct { unsigned seq; struct clock data[2]; } latch; static struct source tsc, hpet, cold; static struct clock *published;
void update(long base, int which) { for (int i = 0; i < 2; i++) { smp_store_release(&latch.seq, latch.seq + 1); latch.data[i].base = base; latch.data[i].source = which ? &tsc : &hpet; } }
long read(void) { struct clock *c = &latch.data[smp_load_acquire(&latch.seq) & 1]; c->source->reads++; return c->base; }
void publish(void) { smp_store_release(&published, &latch.data[0]); }
void reset(void) { struct clock *c = smp_load_acquire(&published); if (c) c->base = 0; }
int get(void) { return cold.reads; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:publish:
// CHECK-NEXT:seqcount_latch.c:published
// CHECK-NEXT:end
// CHECK-NEXT:read:
// CHECK-NEXT:seqcount_latch.c:hpet.reads
// CHECK-NEXT:seqcount_latch.c:tsc.reads
// CHECK-NEXT:end
// CHECK-NEXT:reset:
// CHECK-NEXT:seqcount_latch.c:latch.data[].base
// CHECK-NEXT:end
// CHECK-NEXT:update:
// CHECK-NEXT:seqcount_latch.c:latch.data[].base
// CHECK-NEXT:seqcount_latch.c:latch.data[].source
// CHECK-NEXT:seqcount_latch.c:latch.seq
// CHECK-NEXT:end
