// IDIOM: flexible_array
// RUN: %may_modify %s | %FileCheck
/* Operations with their arguments in an array without end, fixed and allocated. */
typedef unsigned long size_t; void *malloc(size_t);
struct op { void (*run)(int *); int *arg; }; struct chain { int n; struct op ops[]; };
static int x, y, spare; static struct chain *chain;
static void inc(int *p) { ++*p; } static void zero(int *p) { *p = 0; }
static struct chain fixed = {2, {{inc, &x}, {zero, &y}}};
void build(void) { struct chain *c = malloc(sizeof *c + 3 * sizeof(struct op)); c->n = 1; c->ops[0].run = inc; c->ops[0].arg = &x; chain = c; }
void run_fixed(void) { for (int i = 0; i < fixed.n; i++) fixed.ops[i].run(fixed.ops[i].arg); }
void run_built(void) { for (int i = 0; i < chain->n; i++) chain->ops[i].run(chain->ops[i].arg); }
int get(void) { return spare; }
// CHECK:build:
// CHECK-NEXT:flexible_array_of_ops.c:chain
// CHECK-NEXT:struct chain.n
// CHECK-NEXT:struct chain.ops[].arg
// CHECK-NEXT:struct chain.ops[].run
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:run_built:
// CHECK-NEXT:flexible_array_of_ops.c:x
// CHECK-NEXT:end
// CHECK-NEXT:run_fixed:
// CHECK-NEXT:flexible_array_of_ops.c:x
// CHECK-NEXT:flexible_array_of_ops.c:y
// CHECK-NEXT:end
