// IDIOM: flexible_array
// RUN: %may_modify %s | %FileCheck
typedef unsigned long size_t;
void *malloc(size_t); void free(void *);
struct entry { int key; int value; };
struct table { int count; struct entry entries[]; };
static struct table *table;
#define struct_size(p, member, n) (sizeof(*(p)) + sizeof((p)->member[0]) * (size_t)(n))
int create(int n) { struct table *t = malloc(struct_size(t, entries, n)); if (!t) return -12; t->count = n; for (int i = 0; i < n; i++) t->entries[i].key = -1; table = t; return 0; }
void set(int i, int v) { if (i < table->count) table->entries[i].value = v; }
// CHECK:create:
// CHECK-NEXT:flexible_array_allocated.c:table
// CHECK-NEXT:struct table.count
// CHECK-NEXT:struct table.entries[].key
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:struct table.entries[].value
// CHECK-NEXT:end
