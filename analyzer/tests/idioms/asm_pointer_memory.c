// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
struct box { int a, b; };
static struct box box;
static int bystander;
int *bystander_at(void) { return &bystander; }
void store(void) { __asm__ volatile("movl $1, (%0)" : : "r"(&box.b) : "memory"); }
void barrier(void) { __asm__ volatile("" : : "r"(&box.a) : "memory"); }
void clear(void) { void *p = &box; unsigned long n = sizeof box; __asm__ volatile("rep stosb" : "+D"(p), "+c"(n) : "a"(0) : "memory"); }
// CHECK:barrier:
// CHECK-NEXT:end
// CHECK-NEXT:bystander_at:
// CHECK-NEXT:end
// CHECK-NEXT:clear:
// CHECK-NEXT:asm_pointer_memory.c:box.a
// CHECK-NEXT:asm_pointer_memory.c:box.b
// CHECK-NEXT:end
// CHECK-NEXT:store:
// CHECK-NEXT:asm_pointer_memory.c:box.b
// CHECK-NEXT:end
