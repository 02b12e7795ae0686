// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* Elements change places byte by byte through a temporary. */
typedef unsigned long size_t;
struct item { int key, uses; }; static struct item one, two, spare; static struct item *order[2] = {&one, &two}; static struct item *first;
static void swap_bytes(void *x, void *y, size_t n) { char *a = x, *b = y; while (n--) { char t = *a; *a++ = *b; *b++ = t; } }
void sort(void) { if (order[0]->key > order[1]->key) swap_bytes(&order[0], &order[1], sizeof *order); swap_bytes(&first, &order[0], sizeof first); }
void use(void) { first->uses++; }
int get(void) { return spare.uses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:sort:
// CHECK-NEXT:sort_by_byte_swap.c:first
// CHECK-NEXT:sort_by_byte_swap.c:order[]
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:sort_by_byte_swap.c:one.uses
// CHECK-NEXT:sort_by_byte_swap.c:two.uses
// CHECK-NEXT:end
