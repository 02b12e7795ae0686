// IDIOM: refcount
// RUN: %may_modify %s | %FileCheck
struct seqcount { unsigned sequence; }; struct timekeeper { struct seqcount seq; long sec, nsec; }; static struct timekeeper tk, shadow; static unsigned retries;
static inline void write_begin(struct seqcount *s) { s->sequence++; __asm__ volatile("" ::: "memory"); } static inline void write_end(struct seqcount *s) { __asm__ volatile("" ::: "memory"); s->sequence++; }
static inline unsigned read_begin(const struct seqcount *s) { unsigned r; while ((r = *(volatile const unsigned *)&s->sequence) & 1) __asm__ volatile("pause"); return r; }
void set(long s) { write_begin(&tk.seq); tk.sec = s; tk.nsec = 0; write_end(&tk.seq); }
long get(void) { unsigned q; long s; do { q = read_begin(&tk.seq); s = tk.sec; } while (q != tk.seq.sequence && ++retries); return s; }
long old(void) { return shadow.sec; }
// CHECK:get:
// CHECK-NEXT:seqcount_writer.c:retries
// CHECK-NEXT:end
// CHECK-NEXT:old:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:seqcount_writer.c:tk.nsec
// CHECK-NEXT:seqcount_writer.c:tk.sec
// CHECK-NEXT:seqcount_writer.c:tk.seq.sequence
// CHECK-NEXT:end
