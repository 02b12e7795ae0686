// IDIOM: auto_type
// RUN: %may_modify %s | %FileCheck
#define max3(a, b, c) ({ __auto_type _a = (a); __auto_type _b = (b); __auto_type _c = (c); _a > _b ? (_a > _c ? _a : _c) : (_b > _c ? _b : _c); })
#define with(p) for (__auto_type _w = (p); _w; _w = 0)
struct chan { int depth; int drops; };
static struct chan rx, tx; static int deepest;
void observe(int a, int b) { deepest = max3(a, b, deepest); }
void drop(void) { with(&rx) _w->drops++; }
int depth(void) { return tx.depth; }
// CHECK:depth:
// CHECK-NEXT:end
// CHECK-NEXT:drop:
// CHECK-NEXT:auto_type_macro.c:rx.drops
// CHECK-NEXT:end
// CHECK-NEXT:observe:
// CHECK-NEXT:auto_type_macro.c:deepest
// CHECK-NEXT:end
