// IDIOM: asm_outputs
// RUN: %may_modify %s | %FileCheck
/* Two registers change places; memory and a register change places. */
struct s { int v; }; static struct s a, b, c, d; static struct s *kept = &c;
void cross(int swap) { struct s *p = &a, *q = &b; if (swap) __asm__("xchgq %0, %1" : "+r"(p), "+r"(q)); p->v = 1; }
void rotate(void) { struct s *p = &d; __asm__ volatile("xchgq %0, %1" : "+r"(p), "+m"(kept) : : "memory"); p->v = 2; }
void touch(void) { kept->v = 3; }
// CHECK:cross:
// CHECK-NEXT:asm_register_exchange.c:a.v
// CHECK-NEXT:asm_register_exchange.c:b.v
// CHECK-NEXT:end
// CHECK-NEXT:rotate:
// CHECK-NEXT:asm_register_exchange.c:c.v
// CHECK-NEXT:asm_register_exchange.c:d.v
// CHECK-NEXT:asm_register_exchange.c:kept
// CHECK-NEXT:end
// CHECK-NEXT:touch:
// CHECK-NEXT:asm_register_exchange.c:c.v
// CHECK-NEXT:asm_register_exchange.c:d.v
// CHECK-NEXT:end
