// IDIOM: atomics_asm
// RUN: env FLAGS=--target=riscv64-linux-gnu %may_modify %s | %FileCheck
static int counter; static long slot, seen, swapped;
void amo(int i) { __asm__ volatile(" amoadd.w zero, %1, %0" : "+A"(counter) : "r"(i) : "memory"); }
void store(long v) { __asm__ volatile("sd %0, 0(%1)" : : "r"(v), "r"(&slot) : "memory"); }
long load(void) { long r; __asm__ volatile("ld %0, 0(%1)" : "=r"(r) : "r"(&seen) : "memory"); return r; }
void lrsc(long n) { long p, rc; __asm__ volatile("0: lr.d %0, (%2)\n sc.d %1, %3, (%2)\n bnez %1, 0b\n fence rw, rw\n" : "=&r"(p), "=&r"(rc) : "r"(&swapped), "r"(n) : "memory"); }
void fence(void) { __asm__ volatile("fence iorw, iorw" : : : "memory"); }
// CHECK:amo:
// CHECK-NEXT:atomics_llsc_riscv.c:counter
// CHECK-NEXT:end
// CHECK-NEXT:fence:
// CHECK-NEXT:end
// CHECK-NEXT:load:
// CHECK-NEXT:end
// CHECK-NEXT:lrsc:
// CHECK-NEXT:atomics_llsc_riscv.c:swapped
// CHECK-NEXT:end
// CHECK-NEXT:store:
// CHECK-NEXT:atomics_llsc_riscv.c:slot
// CHECK-NEXT:end
