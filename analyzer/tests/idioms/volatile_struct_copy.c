// IDIOM: read_once
// RUN: %may_modify %s | %FileCheck
/* READ_ONCE of a pointer within a READ_ONCE, of a small record, and copies of volatile records. */
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
struct leaf { int n; }; struct pair { struct leaf *leaf; int gen; }; struct root { struct pair *pair; volatile struct pair live; }; static struct leaf la, lb, cold; static struct pair pair; static struct root root; static struct root *top = &root;
void publish(void) { pair.leaf = &la; WRITE_ONCE(root.pair, &pair); }
void nested(void) { WRITE_ONCE(READ_ONCE(READ_ONCE(READ_ONCE(top)->pair)->leaf)->n, 1); }
void set_live(void) { struct pair p = {&lb, 1}; root.live = p; }
void use_live(void) { struct pair p = root.live; p.leaf->n = 2; }
void use_copy(void) { struct pair p = READ_ONCE(pair); p.leaf->n++; }
int get(void) { return cold.n; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:nested:
// CHECK-NEXT:volatile_struct_copy.c:la.n
// CHECK-NEXT:end
// CHECK-NEXT:publish:
// CHECK-NEXT:volatile_struct_copy.c:pair.leaf
// CHECK-NEXT:volatile_struct_copy.c:root.pair
// CHECK-NEXT:end
// CHECK-NEXT:set_live:
// CHECK-NEXT:volatile_struct_copy.c:root.live.gen
// CHECK-NEXT:volatile_struct_copy.c:root.live.leaf
// CHECK-NEXT:end
// CHECK-NEXT:use_copy:
// CHECK-NEXT:volatile_struct_copy.c:la.n
// CHECK-NEXT:end
// CHECK-NEXT:use_live:
// CHECK-NEXT:volatile_struct_copy.c:lb.n
// CHECK-NEXT:end
