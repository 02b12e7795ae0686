// IDIOM: computed_goto
// RUN: %may_modify %s | %FileCheck
static int a, b, c;
void choose(int n) { int *p = n > 0 ? &a : &b; again: *p = n; if (n-- > 3) goto again; (void)c; }
// CHECK:choose:
// CHECK-NEXT:goto_loop_and_ternary.c:a
// CHECK-NEXT:goto_loop_and_ternary.c:b
// CHECK-NEXT:end
