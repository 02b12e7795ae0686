// RUN: %print %s | %FileCheck
// RUN: %facts --print %s -- clang -ffreestanding --target=i386-linux-gnu %s | %FileCheck --check-prefix=I386
// RUN: %facts --print %s -- clang -ffreestanding --target=aarch64-linux-gnu %s | %FileCheck --check-prefix=ARM
// Variable arguments flow through the va_list's memory, also into other functions.
typedef __builtin_va_list va_list;
void consume(va_list ap) { int *p = __builtin_va_arg(ap, int *); *p = 1; }
// CHECK-LABEL: function consume(%ap#0: struct __va_list_tag*)
// CHECK: %[[V:[0-9]+]] = load %ap#0 size 8 type void*
// CHECK: fill %ap#0 size 24
// CHECK: %[[P:[0-9]+]] = copy %[[V]] type int*
// CHECK: %p#{{[0-9]+}} = copy %[[P]]
// CHECK: store %p#
// I386-LABEL: function consume(
// I386: copy %ap#0 type int*
// ARM-LABEL: function consume(
// ARM: copymem %[[COPY:[0-9]+]] <- %ap#0
// ARM: load %[[COPY]] size 8 type void*

void produce(int n, ...) {
// CHECK: function produce(%n#0: int, ... = %...#[[ALL:[0-9]+]])
// I386-LABEL: function produce(
// ARM-LABEL: function produce(
  va_list ap, other;
  __builtin_va_start(ap, n);
// CHECK: %[[AP:[0-9]+]] = address produce:ap
// CHECK: store %[[AP]] <- %...#[[ALL]] size 8
// I386: %ap#[[I:[0-9]+]] = copy %...#
// ARM: store %{{[0-9]+}} <- %...#
  __builtin_va_copy(other, ap);
// CHECK: %[[OLD:[0-9]+]] = load %[[AP]]
// CHECK: store %{{[0-9]+}} <- %[[OLD]]
  consume(ap);
// CHECK: call consume(%[[AP]])
// I386: call consume(%ap#[[I]])
// ARM: call consume(%{{[0-9]+}})
  __builtin_va_end(ap);
}
