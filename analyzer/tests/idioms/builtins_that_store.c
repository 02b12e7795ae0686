// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* Builtins that store through a pointer, by the way of their result. */
static int sum, cold; static long product; static char text[16], raw[16], line[8]; static struct { int a, b; } pair;
int add(int x) { return __builtin_add_overflow(x, 1, &sum); }
int multiply(long x) { return __builtin_smull_overflow(x, 3, &product); }
void clear(void) { __builtin_bzero(raw, 4); }
void copy(const char *s) { __builtin___strcpy_chk(text, s, sizeof text); }
void stream(int v) { __builtin_nontemporal_store(v, &pair.b); }
void *aligned(void) { int *p = __builtin_assume_aligned(&pair.a, 4); *p = 1; return 0; }
void inlined(void) { __builtin_memcpy_inline(line, text, 8); }
int get(void) { return cold; }
// CHECK:add:
// CHECK-NEXT:builtins_that_store.c:sum
// CHECK-NEXT:end
// CHECK-NEXT:aligned:
// CHECK-NEXT:builtins_that_store.c:pair.a
// CHECK-NEXT:end
// CHECK-NEXT:clear:
// CHECK-NEXT:builtins_that_store.c:raw[]
// CHECK-NEXT:end
// CHECK-NEXT:copy:
// CHECK-NEXT:builtins_that_store.c:text[]
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:inlined:
// CHECK-NEXT:builtins_that_store.c:line[]
// CHECK-NEXT:end
// CHECK-NEXT:multiply:
// CHECK-NEXT:builtins_that_store.c:product
// CHECK-NEXT:end
// CHECK-NEXT:stream:
// CHECK-NEXT:builtins_that_store.c:pair.b
// CHECK-NEXT:end
