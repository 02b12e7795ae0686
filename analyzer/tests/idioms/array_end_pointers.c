// IDIOM: array_variable_index
// RUN: %may_modify %s | %FileCheck
/* From the place behind the last element backwards; a sentinel; a member of the same type behind the array. */
struct s { int v; int end; }; static struct { struct s items[4]; struct s guard; int n; } box; static struct s list[5], cold; static int table[8], after;
void backwards(void) { struct s *p = box.items + 4; while (p-- > box.items) p->v = 0; }
void last(void) { struct s *end = &box.items[4]; end[-1].v = 1; }
void to_sentinel(void) { for (struct s *p = list; !p->end; p++) p->v++; }
void fill(void) { int *p = table, *end = table + 8; do *--end = 1; while (end != p); }
void guarded(void) { box.guard.end = 1; }
int get(void) { return cold.v + after; }
// CHECK:backwards:
// EXTRA-NEXT:array_end_pointers.c:box.guard.v
// CHECK-NEXT:array_end_pointers.c:box.items[].v
// CHECK-NEXT:end
// CHECK-NEXT:fill:
// CHECK-NEXT:array_end_pointers.c:table[]
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:guarded:
// CHECK-NEXT:array_end_pointers.c:box.guard.end
// CHECK-NEXT:end
// CHECK-NEXT:last:
// CHECK-NEXT:array_end_pointers.c:box.items[].v
// CHECK-NEXT:end
// CHECK-NEXT:to_sentinel:
// CHECK-NEXT:array_end_pointers.c:list[].v
// CHECK-NEXT:end
