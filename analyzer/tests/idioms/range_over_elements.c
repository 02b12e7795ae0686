// IDIOM: array_variable_index
// RUN: %may_modify %s | %FileCheck
/* A range that begins in the middle of an element reaches into the next. */
typedef unsigned long size_t;
void *memset(void *, int, size_t);
struct pair { int a, b; }; 
static struct pair pairs[8]; static int after;
void clear(int i) { memset(&pairs[i & 3].b, 0, 8); }
int get(void) { return after; }
// CHECK:clear:
// CHECK-NEXT:range_over_elements.c:pairs[].a
// CHECK-NEXT:range_over_elements.c:pairs[].b
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
