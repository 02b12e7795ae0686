// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* The kernel brings its own memcpy: what it does is what the standard says. */
typedef unsigned long size_t;
struct item { int uses; }; struct slot { int kind; struct item *item; }; static struct item one, spare; static struct slot from = {1, &one}, to;
void *memcpy(void *d, const void *s, size_t n) { unsigned char *a = d; const unsigned char *b = s; for (size_t i = 0; i < n; i++) a[i] = b[i]; return d; }
void move(void) { memcpy(&to, &from, sizeof to); }
void use(void) { to.item->uses++; }
int get(void) { return spare.uses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:memcpy:
// CHECK-NEXT:*  [by unknown]  (6 leaves)
// CHECK-NEXT:unknown: entry-parameter d in memcpy
// CHECK-NEXT:end
// CHECK-NEXT:move:
// CHECK-NEXT:own_memcpy_by_words.c:to.item
// CHECK-NEXT:own_memcpy_by_words.c:to.kind
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:own_memcpy_by_words.c:one.uses
// CHECK-NEXT:end
