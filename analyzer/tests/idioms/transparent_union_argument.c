// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* One parameter for pointers to several types. */
struct a { int x; }; struct b { long y; };
typedef union { struct a *a; struct b *b; void *raw; } any_t __attribute__((transparent_union));
static struct a one; static struct b two; static struct a spare; static int cold;
static void set(any_t any, int kind) { if (kind) any.a->x = 1; else any.b->y = 1; }
void set_a(void) { set(&one, 1); }
void set_b(void) { set(&two, 0); }
int get(void) { return spare.x + cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:set_a:
// EXTRA-NEXT:struct b.y
// CHECK-NEXT:transparent_union_argument.c:one.x
// EXTRA-NEXT:transparent_union_argument.c:two.y
// CHECK-NEXT:end
// CHECK-NEXT:set_b:
// EXTRA-NEXT:struct a.x
// EXTRA-NEXT:transparent_union_argument.c:one.x
// EXTRA-NEXT:transparent_union_argument.c:spare.x
// EXTRA-NEXT:transparent_union_argument.c:two.y
// CHECK-NEXT:end
