// RUN: %print %s | %FileCheck
// Arrays: constant and variable indices, nested, flexible, of variable length.
struct row { int id; void *cells[4]; };
struct table { int count; struct row rows[8]; };
struct buffer { unsigned size; char bytes[]; };
struct table table;
extern int unknown_size[];

void a(int i, int j, void *p) { table.rows[i].cells[j] = p; }
// CHECK-LABEL: function a(
// CHECK: %[[R:[0-9]+]] = address table +8
// CHECK: %[[E:[0-9]+]] = index %[[R]] +40 size 320
// CHECK: %[[C:[0-9]+]] = offset %[[E]] +8 type void*[4] member struct row.cells
// CHECK: %[[X:[0-9]+]] = index %[[C]] +8 size 32
// CHECK: store %[[X]] <- %p#2

void b(void *p) { table.rows[2].cells[3] = p; }
// CHECK-LABEL: function b(
// CHECK: %[[A:[0-9]+]] = address table +120
// CHECK: store %[[A]] <- %p#0 size 8 type void* member struct row.cells

void c(struct buffer *f, int i) { f->bytes[i] = 1; unknown_size[i] = 2; }
// CHECK-LABEL: function c(
// CHECK: %[[B:[0-9]+]] = offset %f#0 +4 type char[0] member struct buffer.bytes
// CHECK: index %[[B]] +1 @
// CHECK: %[[U:[0-9]+]] = address unknown_size
// CHECK: index %[[U]] +4 @

void d(int n, void *p) { void *v[n]; v[n - 1] = p; }
// CHECK-LABEL: function d(
// CHECK: %[[V:[0-9]+]] = address d:v
// CHECK: %[[I:[0-9]+]] = index %[[V]] +8 @
// CHECK: store %[[I]] <- %p#1

int e(int n, int m[n][n]) { return m[1][2]; }
// CHECK-LABEL: function e(
// CHECK: arith %m#1 "+"

char f(int i) { return i["text"]; }
// CHECK-LABEL: function f(
// CHECK: %[[L:[0-9]+]] = address literal
// CHECK: index %[[L]] +1 size 5
