// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* Words are moved in a loop of lodsq and stosq; a pointer goes over the stack; one is loaded and stored by one template. */
struct s { int v; }; struct box { struct s *p; long n; }; static struct s a, b, cold; static struct box from = {&a, 0}, to; static struct s *slot = &b, *copy, *popped;
void move(void) { struct box *d = &to, *s = &from; unsigned long n = 2, t; __asm__ volatile("1: lodsq\n\tstosq\n\tloop 1b" : "=&D"(d), "=&S"(s), "=&c"(n), "=&a"(t) : "0"(d), "1"(s), "2"(n) : "memory"); }
void use(void) { to.p->v = 1; }
void over_stack(void) { struct s *q; __asm__ volatile("pushq %1\n\tpopq %0" : "=r"(q) : "r"(&b)); popped = q; }
void use_popped(void) { popped->v = 2; }
void one_template(void) { unsigned long t; __asm__ volatile("movq (%1), %0\n\tmovq %0, (%2)" : "=&r"(t) : "r"(&slot), "r"(&copy) : "memory"); }
void use_copy(void) { copy->v = 3; }
int get(void) { return cold.v; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:move:
// CHECK-NEXT:asm_word_loop_and_push_pop.c:to.n
// CHECK-NEXT:asm_word_loop_and_push_pop.c:to.p
// CHECK-NEXT:end
// CHECK-NEXT:one_template:
// CHECK-NEXT:asm_word_loop_and_push_pop.c:copy
// CHECK-NEXT:end
// CHECK-NEXT:over_stack:
// CHECK-NEXT:asm_word_loop_and_push_pop.c:popped
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:asm_word_loop_and_push_pop.c:a.v
// CHECK-NEXT:end
// CHECK-NEXT:use_copy:
// CHECK-NEXT:asm_word_loop_and_push_pop.c:b.v
// CHECK-NEXT:end
// CHECK-NEXT:use_popped:
// CHECK-NEXT:asm_word_loop_and_push_pop.c:b.v
// CHECK-NEXT:end
