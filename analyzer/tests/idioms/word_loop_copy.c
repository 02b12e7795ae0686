// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
struct node { struct node *next; long v; }; static struct node x, y = {&x, 0}, z; static struct node lone;
static void copy_words(unsigned long *to, const unsigned long *from, int n) { for (int i = 0; i < n; i++) to[i] = from[i]; }
void clone(void) { copy_words((unsigned long *)&z, (const unsigned long *)&y, 2); }
void poke(void) { z.next->v = 1; }
struct node *get(void) { return &lone; }
// CHECK:clone:
// CHECK-NEXT:word_loop_copy.c:z.next
// CHECK-NEXT:word_loop_copy.c:z.v
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:poke:
// CHECK-NEXT:word_loop_copy.c:x.v
// CHECK-NEXT:end
