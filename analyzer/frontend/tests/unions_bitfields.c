// RUN: %print %s | %FileCheck
// Unions overlap; bit-fields name the bits they touch; anonymous members have no name of their own.
struct flags { unsigned a : 3, b : 7, c : 20; unsigned : 0; unsigned long d : 40; };
// CHECK: record struct flags size 16
// CHECK-NEXT: +0.0 bits 3 a: unsigned int
// CHECK-NEXT: +0.3 bits 7 b: unsigned int
// CHECK-NEXT: +1.2 bits 20 c: unsigned int
// CHECK: d: unsigned long
union word { void *pointer; unsigned long bits; struct { short low, high; }; };
struct holder { int kind; union { int number; struct { void *inner; } named; }; };

void a(struct flags *f) { f->b = 1; f->c++; }
// CHECK-LABEL: function a(
// CHECK: store %f#0 <- none size 2 bits 3+7 type unsigned int member struct flags.b
// CHECK: %[[C:[0-9]+]] = offset %f#0 +1
// CHECK: load %[[C]] size 3 bits 2+20 type unsigned int member struct flags.c
// CHECK: store %[[C]] <- none size 3 bits 2+20

void *b(union word *w, void *p) { w->pointer = p; w->bits |= 1; w->high = 3; return w->pointer; }
// CHECK-LABEL: function b(
// CHECK: store %w#0 <- %p#1 size 8 type void* member union word.pointer
// CHECK: load %w#0 size 8 type unsigned long member union word.bits
// CHECK: %[[H:[0-9]+]] = offset %w#0 +2
// CHECK: store %[[H]] <- none size 2

void c(struct holder *h, void *p) { h->named.inner = p; }
// CHECK-LABEL: function c(
// CHECK: %[[I:[0-9]+]] = offset %h#0 +8
// CHECK: store %[[I]] <- %p#1 size 8

unsigned long d(struct flags *f) { return f->d; }
// CHECK-LABEL: function d(
// CHECK: load %{{[0-9]+}} size 5 bits 0+40 type unsigned long
