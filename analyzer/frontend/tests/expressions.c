// RUN: %print %s | %FileCheck
// Conditionals, commas, statement expressions, generic selections, casts.
void *a(int c, void *x, void *y) { return c ? x : y; }
// CHECK-LABEL: function a(
// CHECK: %[[R:[0-9]+]] = copy %x#1
// CHECK: %[[R]] = copy %y#2
// CHECK: return %[[R]]

void *b(void *x, void *y) { return x ?: y; }
// CHECK-LABEL: function b(
// CHECK: %[[R:[0-9]+]] = copy %x#0
// CHECK: %[[R]] = copy %y#1

int *c(int *x) { return ({ int *t = x; t + 1; }); }
// CHECK-LABEL: function c(
// CHECK: %t#[[T:[0-9]+]] = copy %x#0
// CHECK: %[[R:[0-9]+]] = offset %t#[[T]] +4
// CHECK: return %[[R]]

int side(int *);
void *d(int *x) { return (side(x), x); }
// CHECK-LABEL: function d(
// CHECK: call side(%x#0)
// CHECK: return %

int *e(int *x, long *y) { return _Generic(*x, int: x, default: y); }
// CHECK-LABEL: function e(
// CHECK: return %x#0

int *f(int *x, int *y) { return __builtin_choose_expr(sizeof(int) == 4, x, y); }
// CHECK-LABEL: function f(
// CHECK: return %x#0

void g(int *x) { __auto_type p = x; typeof(x) q = p; *q = 1; }
// CHECK-LABEL: function g(
// CHECK: %p#[[P:[0-9]+]] = copy %x#0
// CHECK: %q#[[Q:[0-9]+]] = copy %p#[[P]]
// CHECK: store %q#[[Q]] <- none

long h(int *x, int *y) { return side(x) && side(y) || (side(x), 1); }
// CHECK-LABEL: function h(
// CHECK-COUNT-3: call side(

void i(int *x, int **slot) { *slot = x; (*slot)++; **slot += 2; *(*slot)-- = 3; }
// CHECK-LABEL: function i(
// CHECK: store %slot#1 <- %x#0 size 8
// CHECK: %[[V:[0-9]+]] = load %slot#1 size 8
// CHECK: %[[W:[0-9]+]] = index %[[V]] +4
// CHECK: store %slot#1 <- %[[W]] size 8
// CHECK: %[[U:[0-9]+]] = load %slot#1 size 8
// CHECK: load %[[U]] size 4
// CHECK: store %[[U]] <- none size 4
// CHECK: %[[S:[0-9]+]] = load %slot#1 size 8
// CHECK: index %[[S]] +4
// CHECK: store %[[S]] <- none size 4

const char *j(void) { return __func__; }
// CHECK-LABEL: function j(
// CHECK: address literal
