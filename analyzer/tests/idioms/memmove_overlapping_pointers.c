// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* Elements with pointers are moved up within their array, a part of a record is copied into the middle of another. */
void *memmove(void *, const void *, unsigned long); void *memcpy(void *, const void *, unsigned long);
struct object { int uses; }; struct slot { int key; struct object *object; }; struct wide { long a; struct object *b, *c; long d; }; static struct slot slots[8]; static struct wide from, to; static struct object one, two, cold; static int count;
void insert(int at, int key) { memmove(&slots[at + 1], &slots[at], (unsigned long)(count - at) * sizeof *slots); slots[at].key = key; slots[at].object = &one; count++; }
void hit(int i) { slots[i].object->uses++; }
void load(void) { from.b = &two; memcpy(&to.b, &from.b, 2 * sizeof(void *)); }
void use(void) { to.b->uses = 1; }
int get(void) { return cold.uses + (int)to.d; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:hit:
// CHECK-NEXT:memmove_overlapping_pointers.c:one.uses
// CHECK-NEXT:end
// CHECK-NEXT:insert:
// CHECK-NEXT:memmove_overlapping_pointers.c:count
// CHECK-NEXT:memmove_overlapping_pointers.c:slots[].key
// CHECK-NEXT:memmove_overlapping_pointers.c:slots[].object
// CHECK-NEXT:end
// CHECK-NEXT:load:
// CHECK-NEXT:memmove_overlapping_pointers.c:from.b
// CHECK-NEXT:memmove_overlapping_pointers.c:to.b
// CHECK-NEXT:memmove_overlapping_pointers.c:to.c
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:memmove_overlapping_pointers.c:two.uses
// CHECK-NEXT:end
