// IDIOM: allocation
// RUN: %may_modify %s | %FileCheck
void *realloc(void *, unsigned long);
struct vector { int *items; unsigned count; };
static struct vector vector;
int push(int value) { int *grown = realloc(vector.items, (vector.count + 1) * sizeof *grown); if (!grown) return -1; vector.items = grown; vector.items[vector.count++] = value; return 0; }
// CHECK:push:
// CHECK-NEXT:alloc@realloc_grows.c:push
// CHECK-NEXT:realloc_grows.c:vector.count
// CHECK-NEXT:realloc_grows.c:vector.items
// CHECK-NEXT:end
