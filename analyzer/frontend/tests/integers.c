// RUN: %print %s | %FileCheck
// RUN: %facts --print %s -- clang -ffreestanding --target=i386-linux-gnu %s | %FileCheck --check-prefix=I386
// Integers of pointer size carry pointers through arithmetic; narrow ones do not.
typedef unsigned long ulong;

void *tagged(void *p) { ulong v = (ulong)p | 1; return (void *)(v & ~3UL); }
// CHECK-LABEL: function tagged(
// CHECK: %[[T:[0-9]+]] = arith %p#0 "|" +1 constant
// CHECK: %v#[[V:[0-9]+]] = copy %[[T]]
// CHECK: %[[U:[0-9]+]] = arith %v#[[V]] "&" -4 constant
// CHECK: %[[R:[0-9]+]] = copy %[[U]] type void*
// CHECK: return %[[R]]
// I386-LABEL: function tagged(
// I386: arith %p#0 "|" +1 constant

void *moved(void *p) { return (void *)((ulong)p - 16 + 4); }
// CHECK-LABEL: function moved(
// CHECK: %[[A:[0-9]+]] = offset %p#0 -16
// CHECK: %[[B:[0-9]+]] = offset %[[A]] +4
// I386-LABEL: function moved(
// I386: offset %p#0 -16

ulong mixed(void *p, ulong n) { return (ulong)p ^ n; }
// CHECK-LABEL: function mixed(
// CHECK: arith %p#0 %n#1 "^"

void *narrow(int n) { return (void *)(ulong)(unsigned)n; }
// CHECK-LABEL: function narrow(
// CHECK: unknown "int-to-pointer" type void*
// I386-LABEL: function narrow(
// I386: copy %n#0 type void*

void *error_pointer(long error) { return (void *)error; }
// CHECK-LABEL: function error_pointer(
// CHECK: copy %error#0 type void*

void *constant(void) { return (void *)-1; }
// CHECK-LABEL: function constant(
// CHECK-NOT: unknown
// CHECK: return @

void device(void) { *(volatile int *)0xfee00000 = 1; }
// CHECK-LABEL: function device(
// CHECK: %[[D:[0-9]+]] = unknown "constant-address"
// CHECK: store %[[D]] <- none size 4 type int volatile

ulong overflow(void *p, ulong *r) { return __builtin_add_overflow((ulong)p, 8UL, r); }
// CHECK-LABEL: function overflow(
// CHECK: %[[O:[0-9]+]] = arith %p#0 "+"
// CHECK: store %r#1 <- %[[O]]
