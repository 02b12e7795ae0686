// RUN: %print %s | %FileCheck
// Initialisers of local aggregates: a fill and a store for each value given.
struct inner { void *p; int n; };
struct outer { struct inner in[2]; void *q; };
void use(struct outer *);

void designated(void *x) { struct outer o = { .in[1].p = x, .q = &o }; use(&o); }
// CHECK-LABEL: function designated(
// CHECK: %[[O:[0-9]+]] = address designated:o @
// CHECK: fill %[[O]] size 40 type struct outer
// CHECK: %[[P:[0-9]+]] = address designated:o +16
// CHECK: store %[[P]] <- %x#0 size 8 type void* member struct inner.p
// CHECK: %[[Q:[0-9]+]] = address designated:o +32
// CHECK: store %[[Q]] <- %{{[0-9]+}} size 8 type void* member struct outer.q

void repeated(void *x) { void *a[100] = { [0 ... 98] = x }; use((void *)a); }
// CHECK-LABEL: function repeated(
// CHECK: %[[I:[0-9]+]] = index %{{[0-9]+}} +8 size 800
// CHECK-NEXT: store %[[I]] <- %x#0
// CHECK-NOT: store

void assigned(struct outer *o, void *x) { *o = (struct outer){ .q = x }; }
// CHECK-LABEL: function assigned(
// CHECK: %[[L:[0-9]+]] = address assigned:.compoundliteral @
// CHECK: %[[LQ:[0-9]+]] = address assigned:.compoundliteral +32
// CHECK: store %[[LQ]] <- %x#1
// CHECK: copymem %o#0 <- %[[L]] size 40 type struct outer

void text(void) { char a[] = "abc"; use((void *)a); }
// CHECK-LABEL: function text(
// CHECK: fill %{{[0-9]+}} size 4 type char[4]

void copied(struct outer *from) { struct outer o = *from; use(&o); }
// CHECK-LABEL: function copied(
// CHECK: copymem %{{[0-9]+}} <- %from#0 size 40 type struct outer
