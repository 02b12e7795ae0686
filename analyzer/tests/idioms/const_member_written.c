// IDIOM: struct_casts
// RUN: %may_modify %s | %FileCheck
/* const members and pointers to const do not keep a mutable object from being written. */
void *memcpy(void *, const void *, unsigned long); void *malloc(unsigned long);
struct card { const int id; int value; const char *const name; };
static struct card card; static const struct card fixed; static int table[4]; static const int *const view = table;
struct conf { int level; }; static const struct conf *conf;
void init(int id) { *(int *)&card.id = id; }
void load(void) { memcpy(&card, &fixed, sizeof card); }
void poke(int i) { ((int *)view)[i & 3] = 1; }
void make(void) { struct conf *c = malloc(sizeof *c); c->level = 1; conf = c; }
void raise(void) { ((struct conf *)conf)->level++; }
int get(void) { return fixed.id; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:init:
// CHECK-NEXT:const_member_written.c:card.id
// CHECK-NEXT:end
// CHECK-NEXT:load:
// CHECK-NEXT:const_member_written.c:card.id
// CHECK-NEXT:const_member_written.c:card.name
// CHECK-NEXT:const_member_written.c:card.value
// CHECK-NEXT:end
// CHECK-NEXT:make:
// CHECK-NEXT:const_member_written.c:conf
// CHECK-NEXT:struct conf.level
// CHECK-NEXT:end
// CHECK-NEXT:poke:
// CHECK-NEXT:const_member_written.c:table[]
// CHECK-NEXT:end
// CHECK-NEXT:raise:
// CHECK-NEXT:struct conf.level
// CHECK-NEXT:end
