// IDIOM: atomics_asm
// RUN: env FLAGS=--target=aarch64-linux-gnu %may_modify %s | %FileCheck
typedef struct { int counter; } atomic_t;
struct s { atomic_t a; atomic_t b; };
static struct s s;
static long word, flag;
void atomic_add(int i)
{
	unsigned long tmp; int result;
	__asm__ volatile("prfm pstl1strm, %2\n1: ldxr %w0, %2\n add %w0, %w0, %w3\n stxr %w1, %w0, %2\n cbnz %w1, 1b\n" : "=&r"(result), "=&r"(tmp), "+Q"(s.a.counter) : "Ir"(i));
}
void store_release(long v) { __asm__ volatile("stlr %1, %0" : "=Q"(word) : "r"(v) : "memory"); }
void through_register(long v) { __asm__ volatile("str %0, [%1]" : : "r"(v), "r"(&flag) : "memory"); }
int load_only(void) { int r; __asm__ volatile("ldr %w0, [%1]" : "=r"(r) : "r"(&s.b.counter) : "memory"); return r; }
void barrier(void) { __asm__ volatile("dmb ish" : : : "memory"); }
// CHECK:atomic_add:
// CHECK-NEXT:atomics_llsc_arm64.c:s.a.counter
// CHECK-NEXT:end
// CHECK-NEXT:barrier:
// CHECK-NEXT:end
// CHECK-NEXT:load_only:
// CHECK-NEXT:end
// CHECK-NEXT:store_release:
// CHECK-NEXT:atomics_llsc_arm64.c:word
// CHECK-NEXT:end
// CHECK-NEXT:through_register:
// CHECK-NEXT:atomics_llsc_arm64.c:flag
// CHECK-NEXT:end
