// IDIOM: struct_casts
// RUN: %may_modify %s | %FileCheck
/* One record seen as another one, on the spot and by way of variables of the new type. */
struct page { long flags; long index; }; struct slab { int a; int b; long c; };
static struct page pg; static struct slab *kept;
void direct(void) { ((struct slab *)&pg)->c = 1; }
void through_variable(void) { struct slab *s = (struct slab *)&pg; s->c = 2; }
static void set(struct slab *s) { s->c = 3; } void through_parameter(void) { set((struct slab *)&pg); }
void keep(void) { kept = (struct slab *)&pg; } void through_static(void) { kept->c = 4; }
long get(void) { return pg.index; }
// CHECK:direct:
// CHECK-NEXT:record_overlaid_through_variable.c:pg.index
// EXTRA-NEXT:struct slab.c
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:keep:
// CHECK-NEXT:record_overlaid_through_variable.c:kept
// CHECK-NEXT:end
// CHECK-NEXT:through_parameter:
// CHECK-NEXT:record_overlaid_through_variable.c:pg.index
// EXTRA-NEXT:struct slab.c
// CHECK-NEXT:end
// CHECK-NEXT:through_static:
// CHECK-NEXT:record_overlaid_through_variable.c:pg.index
// EXTRA-NEXT:struct slab.c
// CHECK-NEXT:end
// CHECK-NEXT:through_variable:
// CHECK-NEXT:record_overlaid_through_variable.c:pg.index
// EXTRA-NEXT:struct slab.c
// CHECK-NEXT:end
