// IDIOM: assembly_only
// RUN: %may_modify %s | %FileCheck
/* A function that exists only in a file-scope asm or a .S file is outside: it may store where it can reach. */
struct context { unsigned long sp; };
static struct context boot;
extern void switch_to(struct context *);
__asm__(".globl switch_to\nswitch_to: movq %rsp,(%rdi)\n ret\n");
static int private_count;
void yield(void) { switch_to(&boot); }
void count(void) { private_count++; }
// CHECK:count:
// CHECK-NEXT:assembly_only_function.c:private_count
// CHECK-NEXT:end
// CHECK-NEXT:yield:
// CHECK-NEXT:*  [by unknown]  (2 leaves)
// CHECK-NEXT:unknown: outside-call switch_to in yield
// CHECK-NEXT:end
