// RUN: %print %s | %FileCheck
// Calls name the callee or the value called, the member that it came from, and constant arguments.
struct file;
struct ops { int (*open)(struct file *, int); void (*close)(struct file *); };
struct file { const struct ops *ops; void (*hooks[3])(void); };
int direct(struct file *, int);
struct table { struct ops entries[4]; } table;

int a(struct file *f) { return direct(f, -5); }
// CHECK-LABEL: function a(
// CHECK: call direct(%f#0, -5) type fn(struct file*, int)->int

int b(struct file *f, int n) { return f->ops->open(f, n); }
// CHECK-LABEL: function b(
// CHECK: %[[OPS:[0-9]+]] = load %f#0 size 8 type struct ops* member struct file.ops
// CHECK: %[[FN:[0-9]+]] = load %[[OPS]] size 8 type fn(struct file*, int)->int* member struct ops.open
// CHECK: call %[[FN]](%f#0, none) type fn(struct file*, int)->int member struct ops.open

void c(struct file *f, int i) { (*table.entries[i].close)(f); }
// CHECK-LABEL: function c(
// CHECK: call %{{[0-9]+}}(%f#0) type fn(struct file*)->void member struct ops.close

void d(struct file *f, int i) { f->hooks[i](); }
// CHECK-LABEL: function d(
// CHECK: call %{{[0-9]+}}() type fn()->void member struct file.hooks

void e(void (*callback)(int)) { callback(1); (&direct)(0, 2); (*direct)(0, 3); }
// CHECK-LABEL: function e(
// CHECK: call %callback#0(1) type fn(int)->void @
// CHECK: call direct(none, 2)
// CHECK: call direct(none, 3)

void f(int c, void (*x)(void), void (*y)(void)) { (c ? x : y)(); }
// CHECK-LABEL: function f(
// CHECK: %[[P:[0-9]+]] = copy %x#1
// CHECK: %[[P]] = copy %y#2
// CHECK: call %[[P]]()

void *g(void) { return direct; }
// CHECK-LABEL: function g(
// CHECK: address direct

long h(void *p) { return ((long (*)(void *))direct)(p); }
// CHECK-LABEL: function h(
// CHECK: call direct(%p#0)
