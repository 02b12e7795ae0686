// IDIOM: function_pointer_layers
// RUN: %may_modify %s | %FileCheck
typedef int (*cmp_t)(const void *, const void *); struct iter { int (*visit)(void *, void *); void *ctx; };
struct acc { int sum, max; }; static struct acc a, b; static int nodes[4];
static int add(void *ctx, void *e) { ((struct acc *)ctx)->sum += *(int *)e; return 0; }
static int top(void *ctx, void *e) { struct acc *x = ctx; if (x->max < *(int *)e) x->max = *(int *)e; return 0; }
static int each(struct iter *it) { for (int i = 0; i < 4; i++) it->visit(it->ctx, &nodes[i]); return 0; }
static int with(int (*run)(struct iter *), int (*visit)(void *, void *), void *ctx) { struct iter it = {visit, ctx}; return run(&it); }
int sum(void) { return with(each, add, &a); }
int max(void) { return with(each, top, &b); }
// CHECK:max:
// CHECK-NEXT:function_pointer_three_layers.c:b.max
// CHECK-NEXT:end
// CHECK-NEXT:sum:
// CHECK-NEXT:function_pointer_three_layers.c:a.sum
// CHECK-NEXT:end
