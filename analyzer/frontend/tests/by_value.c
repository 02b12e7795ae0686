// RUN: %print %s | %FileCheck
// Records as arguments, results and in conditional expressions: by the address of memory that holds them.
struct pair { void *a; long b; };
struct pair make(void *p) { struct pair r = { .a = p }; return r; }
// CHECK-LABEL: function make(
// CHECK: %[[R:[0-9]+]] = address make:r
// CHECK: return %[[R]] by-value

void take(struct pair p) { p.b = 1; }
// CHECK-LABEL: function take(%p#0: struct pair)
// CHECK: %[[OWN:[0-9]+]] = address take:p @
// CHECK: copymem %[[OWN]] <- %p#0 size 16 type struct pair
// CHECK-NEXT: %[[B:[0-9]+]] = address take:p +8
// CHECK-NEXT: store %[[B]] <- none

void pass(struct pair *from) { take(*from); }
// CHECK-LABEL: function pass(
// CHECK: %[[C:[0-9]+]] = address pass:.argument
// CHECK: copymem %[[C]] <- %from#0 size 16
// CHECK: call take(%[[C]])

void *member_of_result(void *p) { return make(p).a; }
// CHECK-LABEL: function member_of_result(
// CHECK: %[[M:[0-9]+]] = call make(%p#0) {{.*}} by-value
// CHECK: load %[[M]] size 8 type void* member struct pair.a

void chosen(int c, struct pair *x, struct pair *y, struct pair *to) { *to = c ? *x : *y; }
// CHECK-LABEL: function chosen(
// CHECK: %[[V:[0-9]+]] = copy %x#1
// CHECK: %[[V]] = copy %y#2
// CHECK: copymem %to#3 <- %[[V]] size 16

void chained(struct pair *x, struct pair *y, struct pair *z) { *x = *y = *z; }
// CHECK-LABEL: function chained(
// CHECK: copymem %y#1 <- %z#2
// CHECK: copymem %x#0 <- %y#1
