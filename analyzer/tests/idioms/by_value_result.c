// IDIOM: by_value
// RUN: %may_modify %s | %FileCheck
struct handle { int *where; int flags; };
static int target, bystander;
static struct handle make(int *p) { return (struct handle){p, 1}; }
static void use(struct handle h) { *h.where = h.flags; }
void go(void) { use(make(&target)); }
int *keep(void) { return &bystander; }
// CHECK:go:
// CHECK-NEXT:by_value_result.c:target
// CHECK-NEXT:end
// CHECK-NEXT:keep:
// CHECK-NEXT:end
