// IDIOM: flexible_array
// RUN: %may_modify %s | %FileCheck
struct rule { unsigned short target_offset, next_offset; unsigned char elems[0]; };
struct target { int verdict; int hits; };
struct blob { int size; struct rule first; };
static char image[4096];
static int installed;
void install(void) { struct rule *r = (struct rule *)image; r->target_offset = sizeof(struct rule); r->next_offset = 64; installed = 1; }
void walk(void) { struct rule *r = (struct rule *)image; struct target *t = (struct target *)((char *)r + r->target_offset); t->hits++; }
// CHECK:install:
// CHECK-NEXT:flexible_array_zero_length.c:image[]
// CHECK-NEXT:flexible_array_zero_length.c:installed
// CHECK-NEXT:end
// CHECK-NEXT:walk:
// CHECK-NEXT:flexible_array_zero_length.c:image[]
// CHECK-NEXT:end
