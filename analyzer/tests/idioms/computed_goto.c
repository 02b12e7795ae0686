// IDIOM: computed_goto
// RUN: %may_modify %s | %FileCheck
static int a, b;
void jump(int n) { static const void *const labels[] = {&&first, &&second}; goto *labels[n & 1]; first: a = 1; return; second: b = 1; }
// CHECK:jump:
// CHECK-NEXT:computed_goto.c:a
// CHECK-NEXT:computed_goto.c:b
// CHECK-NEXT:end
