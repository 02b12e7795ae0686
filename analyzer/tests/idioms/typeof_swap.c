// IDIOM: typeof
// RUN: %may_modify %s | %FileCheck
#define swap(a, b) do { typeof(a) __tmp = (a); (a) = (b); (b) = __tmp; } while (0)
#define xchg_field(o, f, v) ({ typeof((o)->f) *__p = &(o)->f, __old = *__p; *__p = (v); __old; })
struct buf { int n; struct buf *next; };
static struct buf one, two, three; static struct buf *front = &one, *back = &two;
void flip(void) { swap(front, back); front->n++; }
struct buf *cut(void) { return xchg_field(&one, next, (struct buf *)0); }
struct buf *get(void) { return &three; }
// CHECK:cut:
// CHECK-NEXT:typeof_swap.c:one.next
// CHECK-NEXT:end
// CHECK-NEXT:flip:
// CHECK-NEXT:typeof_swap.c:back
// CHECK-NEXT:typeof_swap.c:front
// CHECK-NEXT:typeof_swap.c:one.n
// CHECK-NEXT:typeof_swap.c:two.n
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
