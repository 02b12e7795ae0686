// RUN: %print %s | %FileCheck
// Inline assembly: registers, memory operands, ties, clobbers, labels.
struct s { int n; void *p; } global;
int counter;

void a(struct s *x) { asm volatile("inc %0" : "+m"(x->n) : "r"(x) : "memory", "cc"); }
// CHECK-LABEL: function a(
// CHECK: asm "inc %0" out("+m" memory %x#0: int) in("r" %x#0: struct s*) memory asm-volatile

void *b(void *x) { void *r; asm("" : "=r"(r) : "0"(x)); return r; }
// CHECK-LABEL: function b(
// CHECK: asm out("=r" %[[R:[0-9]+]]: void*) in("0" %x#0: void*)
// CHECK: %r#[[N:[0-9]+]] = copy %[[R]]
// CHECK: return %r#[[N]]

void *c(void *x) { asm("xchg %0, %1" : "+r"(x), "+m"(global.p)); return x; }
// CHECK-LABEL: function c(
// CHECK: %[[V:[0-9]+]] = copy %x#0
// CHECK: %[[G:[0-9]+]] = address global +8
// CHECK: asm {{.*}} out("+r" %[[V]]: void*) out("+m" memory %[[G]]: void*)
// CHECK: %x#0 = copy %[[V]]

void d(void) { asm goto("jmp %l1" : : "i"(&counter) : : out); out:; }
// CHECK-LABEL: function d(
// CHECK: %[[C:[0-9]+]] = address counter
// CHECK: asm "jmp %l1" in("i" %[[C]]: int*) goto

void e(int i) { asm("mov %1, %0" : "=m"(i) : "r"(7)); }
// CHECK-LABEL: function e(
// CHECK: asm {{.*}} out("=m" memory %{{[0-9]+}}: int) in("r" none: int)

void f(void) { asm("cli"); }
// CHECK-LABEL: function f(
// CHECK: asm "cli" asm-volatile

register unsigned long stack_pointer asm("rsp");
unsigned long g(void) { return stack_pointer; }
// CHECK-LABEL: function g(
// CHECK: unknown "register rsp"

long h(long number, void *p) { register void *r10 asm("r10") = p; long ret; asm volatile("syscall" : "=a"(ret) : "0"(number), "r"(r10)); return ret; }
// CHECK-LABEL: function h(
// CHECK: %r10#[[R10:[0-9]+]] = copy %p#1
// CHECK: asm {{.*}} in("0" %number#0: long) in("r" %r10#[[R10]]: void*)

asm(".globl entry\nentry: ret");
extern void entry(void);
void i(void) { entry(); }
// CHECK: call entry()
// CHECK: assembly ".globl entry\nentry: ret"
