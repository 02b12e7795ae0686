// RUN: %print %s | %FileCheck
// The __builtin_ forms move memory at once; the functions of the same name stay calls.
typedef unsigned long size_t;
void *memcpy(void *, const void *, size_t);
struct s { void *p; int n; };

void a(struct s *x, struct s *y) { __builtin_memcpy(x, y, sizeof *x); }
// CHECK-LABEL: function a(
// CHECK: copymem %{{[0-9]+}} <- %{{[0-9]+}} size 16 type struct s

void b(void *x, struct s *y, size_t n) { __builtin_memmove(x, y, n); }
// CHECK-LABEL: function b(
// CHECK: copymem %x#0 <- %{{[0-9]+}} @

void c(struct s *x) { __builtin_memset(x, 0, sizeof *x); }
// CHECK-LABEL: function c(
// CHECK: fill %{{[0-9]+}} size 16 type struct s

void d(struct s *x, struct s *y) { memcpy(x, y, 16); }
// CHECK-LABEL: function d(
// CHECK: call memcpy(%{{[0-9]+}}, %{{[0-9]+}}, 16)
// CHECK-NOT: copymem

char *e(char *to, const char *from) { return __builtin_strcpy(to, from); }
// CHECK-LABEL: function e(
// CHECK: copymem %to#0 <- %from#1 @
// CHECK: return %to#0

char *f(char *s, size_t n) { char *p = __builtin_memchr(s, 'x', n); return p; }
// CHECK-LABEL: function f(
// CHECK: index %{{[0-9]+}} +1

void g(struct s *x, struct s *y) { __builtin___memcpy_chk(x, y, 16, __builtin_object_size(x, 0)); __builtin_memcpy(x, y, 0); }
// CHECK-LABEL: function g(
// CHECK: copymem %{{[0-9]+}} <- %{{[0-9]+}} size 16 type struct s
// CHECK-NOT: copymem

void h(void) { char *p = __builtin_alloca(10); *p = 1; __builtin_printf("x"); }
// CHECK-LABEL: function h(
// CHECK: address h:.alloca
// CHECK: call printf(
