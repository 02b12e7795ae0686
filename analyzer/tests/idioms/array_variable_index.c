// IDIOM: array_variable_index
// RUN: %may_modify %s | %FileCheck
struct slot { int used; void *owner; };
static struct slot slots[16];
static int before, after;
void take(unsigned n, void *owner) { slots[n % 16].used = 1; slots[n % 16].owner = owner; }
int read(unsigned n) { return slots[n % 16].used + before + after; }
// CHECK:read:
// CHECK-NEXT:end
// CHECK-NEXT:take:
// CHECK-NEXT:array_variable_index.c:slots[].owner
// CHECK-NEXT:array_variable_index.c:slots[].used
// CHECK-NEXT:end
