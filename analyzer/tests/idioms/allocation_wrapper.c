// IDIOM: allocation
// RUN: %may_modify %s | %FileCheck
void *malloc(unsigned long);
struct a { int value; }; struct b { int value; };
static struct a *as; static struct b *bs;
static void *zalloc(unsigned long n) { char *p = malloc(n); for (unsigned long i = 0; p && i < n; i++) p[i] = 0; return p; }
void make_a(void) { as = zalloc(sizeof(struct a)); as->value = 1; }
void make_b(void) { bs = zalloc(sizeof(struct b)); bs->value = 2; }
void change(void) { if (as) as->value = 3; }
// CHECK:change:
// CHECK-NEXT:struct a.value
// CHECK-NEXT:end
// CHECK-NEXT:make_a:
// CHECK-NEXT:allocation_wrapper.c:as
// CHECK-NEXT:struct a.value
// CHECK-NEXT:end
// CHECK-NEXT:make_b:
// CHECK-NEXT:allocation_wrapper.c:bs
// CHECK-NEXT:struct b.value
// CHECK-NEXT:end
