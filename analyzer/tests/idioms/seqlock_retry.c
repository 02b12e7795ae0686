// IDIOM: refcount
// RUN: %may_modify %s | %FileCheck
struct seqlock { unsigned sequence; };
static struct seqlock lock; static long time_now, other_time;
static inline void write_begin(struct seqlock *s) { s->sequence++; __asm__ volatile("" : : : "memory"); }
static inline void write_end(struct seqlock *s) { __asm__ volatile("" : : : "memory"); s->sequence++; }
void set_time(long t) { write_begin(&lock); time_now = t; write_end(&lock); }
long get_time(void) { unsigned s; long t; do { s = lock.sequence; t = time_now; } while (lock.sequence != s); return t + other_time; }
// CHECK:get_time:
// CHECK-NEXT:end
// CHECK-NEXT:set_time:
// CHECK-NEXT:seqlock_retry.c:lock.sequence
// CHECK-NEXT:seqlock_retry.c:time_now
// CHECK-NEXT:end
