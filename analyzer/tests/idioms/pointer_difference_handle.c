// IDIOM: array_variable_index
// RUN: %may_modify %s | %FileCheck
/* A handle is the distance from the base. */
struct item { int uses; int pad; }; static struct item items[8], spare; static unsigned handle;
void give(int i) { struct item *p = &items[i & 7]; handle = (unsigned)((char *)p - (char *)items); }
void use(void) { struct item *p = (struct item *)((char *)items + handle); p->uses++; }
static int cold;
int get(void) { return spare.uses + cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:give:
// CHECK-NEXT:pointer_difference_handle.c:handle
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:pointer_difference_handle.c:items[].uses
// CHECK-NEXT:end
