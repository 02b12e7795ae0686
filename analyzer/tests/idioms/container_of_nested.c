// IDIOM: container_of
// RUN: %may_modify %s | %FileCheck
#define container_of(p, t, m) ({ const typeof(((t *)0)->m) *_p = (p); (t *)((char *)_p - __builtin_offsetof(t, m)); })
struct node { int color; };
struct item { int key; struct node node; };
struct holder { long pad[3]; struct item items[4]; int count; };
static struct holder holder;
void mark(struct node *unused) { (void)unused; struct node *n = &holder.items[2].node; container_of(n, struct item, node)->key = 3; }
void count(void) { struct item *i = &holder.items[0]; container_of(i, struct holder, items[0])->count++; }
// CHECK:count:
// CHECK-NEXT:container_of_nested.c:holder.count
// CHECK-NEXT:end
// CHECK-NEXT:mark:
// CHECK-NEXT:container_of_nested.c:holder.items[].key
// CHECK-NEXT:end
