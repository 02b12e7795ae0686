// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* memcpy written as a loop over bytes, as libgcc-less kernels have it. */
struct ops { void (*go)(void); int n; }; static int a, b; static void go_a(void) { a = 1; } static void go_b(void) { b = 1; }
static struct ops src = {go_a, 1}, dst; static struct ops spare = {go_b, 2};
static void *copy(void *d, const void *s, unsigned long n) { char *to = d; const char *from = s; while (n--) *to++ = *from++; return d; }
void install(void) { copy(&dst, &src, sizeof dst); }
void run(void) { dst.go(); }
struct ops *other(void) { return &spare; }
// CHECK:go_b:
// CHECK-NEXT:byte_loop_copy.c:b
// CHECK-NEXT:end
// CHECK-NEXT:install:
// CHECK-NEXT:byte_loop_copy.c:dst.go
// EXTRA-NEXT:byte_loop_copy.c:dst.n  [by unknown]
// EXTRA-NEXT:unknown: unknown-offset byte_loop_copy.c:dst in copy
// CHECK-NEXT:end
// CHECK-NEXT:other:
// CHECK-NEXT:end
// CHECK-NEXT:run:
// CHECK-NEXT:byte_loop_copy.c:a
// CHECK-NEXT:end
