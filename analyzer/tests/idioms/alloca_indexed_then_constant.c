// IDIOM: stack_objects
// RUN: %may_modify %s | %FileCheck
/* An array on the stack of a length that varies: stored to by index, read at a constant one. */
struct o { int v; }; static struct o a; struct e { struct o *p; int k; };
void f(int n) { struct o **t = __builtin_alloca(n * 8); for (int i = 0; i < n; i++) t[i] = &a; t[1]->v = 1; }
void g(int n) { struct e *t = __builtin_alloca(n * sizeof *t); for (int i = 0; i < n; i++) t[i].p = &a; t[2].p->v = 2; }
static int cold; int get(void) { return cold; }
// CHECK:f:
// CHECK-NEXT:alloca_indexed_then_constant.c:a.v
// CHECK-NEXT:end
// CHECK-NEXT:g:
// CHECK-NEXT:alloca_indexed_then_constant.c:a.v
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
