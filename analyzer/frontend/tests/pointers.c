// RUN: %print %s | %FileCheck
// Field addresses, container_of, pointer steps: constant ones are OFFSETs, others INDEXes.
struct list { struct list *next, *prev; };
struct task { long pid; struct list node; int values[4]; };

struct task *task_of(struct list *l) { return (struct task *)((char *)l - __builtin_offsetof(struct task, node)); }
// CHECK-LABEL: function task_of(
// CHECK: %[[C:[0-9]+]] = copy %l#0 type char*
// CHECK: %[[O:[0-9]+]] = offset %[[C]] -8
// CHECK: %[[T:[0-9]+]] = copy %[[O]] type struct task*
// CHECK: return %[[T]]

struct list *next_of(struct task *t) { return t->node.next; }
// CHECK-LABEL: function next_of(
// CHECK: offset %t#0 +8 type struct list* member struct list.next
// CHECK: load {{.*}} size 8 type struct list* member struct list.next

int *third(struct task *t) { return &t->values[2]; }
// CHECK-LABEL: function third(
// CHECK: offset %t#0 +32 type int member struct task.values

int *any(struct task *t, int i) { return &t->values[i]; }
// CHECK-LABEL: function any(
// CHECK: %[[A:[0-9]+]] = offset %t#0 +24 type int[4] member struct task.values
// CHECK: %[[I:[0-9]+]] = index %[[A]] +4 size 16

int *back(int *p) { return p - 3; }
// CHECK-LABEL: function back(
// CHECK: offset %p#0 -12

int *unsigned_back(int *p) { return p + (unsigned long)-1; }
// CHECK-LABEL: function unsigned_back(
// CHECK: offset %p#0 -4

int *forward(int *p, long n) { return n + p; }
// CHECK-LABEL: function forward(
// CHECK: index %p#0 +4 @

void walk(int *p) { while (*p) p++; }
// CHECK-LABEL: function walk(
// CHECK: %[[N:[0-9]+]] = index %p#0 +4
// CHECK: %p#0 = copy %[[N]]

long between(int *p, int *q) { return p - q; }
// CHECK-LABEL: function between(
// CHECK: arith %p#0 %q#1 "-"
