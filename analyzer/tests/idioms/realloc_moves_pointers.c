// IDIOM: allocation
// RUN: %may_modify %s | %FileCheck
/* The new object begins as a copy of the old one (realloc, kmemdup). The model of kmemdup names what Linux changes beside. */
typedef unsigned long size_t;
void *malloc(size_t); void *realloc(void *, size_t); void *kmemdup(const void *, size_t, unsigned);
struct item { int uses; };
static struct item one, two, spare; static struct item **big, **copy;
void make(void) { struct item **small = malloc(8); small[0] = &one; struct item **next = realloc(small, 64); big = next; }
void use(int i) { big[i]->uses++; }
static struct item *table[2] = {&two};
void dup(void) { copy = kmemdup(table, sizeof table, 0); }
void use_copy(int i) { copy[i]->uses = 3; }
int get(void) { return spare.uses; }
// CHECK:dup:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:realloc_moves_pointers.c:copy
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:make:
// CHECK-NEXT:realloc_moves_pointers.c:big
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:realloc_moves_pointers.c:one.uses
// CHECK-NEXT:end
// CHECK-NEXT:use_copy:
// CHECK-NEXT:realloc_moves_pointers.c:two.uses
// CHECK-NEXT:end
