// IDIOM: flexible_array
// RUN: %may_modify %s | %FileCheck
/* Copies and clears of a length that is not known, over a record that ends in an array of any length. */
typedef unsigned long size_t; void *malloc(size_t); void *memcpy(void *, const void *, size_t); void *memset(void *, int, size_t);
extern unsigned long copy_from_user(void *, const void *, unsigned long);
struct message { int type; unsigned length; unsigned char text[]; }; struct table { unsigned count; struct slot { int key; struct object *object; } slots[]; }; struct object { int uses; };
static struct message *last; static struct table *table; static struct object object, cold;
int receive(const void *user, size_t n) { struct message *m = malloc(sizeof *m + n); if (!m) return -12; last = m; return copy_from_user(m, user, sizeof *m + n) ? -14 : 0; }
void scrub(size_t n) { memset(last, 0, n); }
int make(unsigned n) { struct table *t = malloc(sizeof *t + n * sizeof *t->slots); if (!t) return -12; t->count = n; t->slots[0].object = &object; table = t; return 0; }
int clone(void) { size_t n = sizeof *table + table->count * sizeof *table->slots; struct table *t = malloc(n); if (!t) return -12; memcpy(t, table, n); table = t; return 0; }
void use(int i) { table->slots[i].object->uses++; }
int get(void) { return cold.uses; }
// CHECK:clone:
// CHECK-NEXT:copy_over_flexible_end.c:table
// CHECK-NEXT:struct table.count
// CHECK-NEXT:struct table.slots[].key
// CHECK-NEXT:struct table.slots[].object
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:make:
// CHECK-NEXT:copy_over_flexible_end.c:table
// CHECK-NEXT:struct table.count
// CHECK-NEXT:struct table.slots[].object
// CHECK-NEXT:end
// CHECK-NEXT:receive:
// CHECK-NEXT:copy_over_flexible_end.c:last
// CHECK-NEXT:struct message.length
// CHECK-NEXT:struct message.text[]
// CHECK-NEXT:struct message.type
// CHECK-NEXT:end
// CHECK-NEXT:scrub:
// CHECK-NEXT:struct message.length
// CHECK-NEXT:struct message.text[]
// CHECK-NEXT:struct message.type
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:copy_over_flexible_end.c:object.uses
// CHECK-NEXT:end
