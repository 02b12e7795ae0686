// IDIOM: function_pointer_layers
// RUN: %may_modify %s | %FileCheck
typedef void (*handler_t)(int); static int sys_a, sys_b, bad; static void do_a(int x) { sys_a = x; } static void do_b(int x) { sys_b = x; } static void do_bad(int x) { bad = x; }
static handler_t pick(int n) { switch (n) { case 0: return do_a; case 1: return do_b; default: return do_bad; } }
static handler_t wrap(int n) { return pick(n); }
void syscall(int n, int x) { wrap(n)(x); }
void just_a(int x) { handler_t h = do_a; h(x); }
// CHECK:just_a:
// CHECK-NEXT:function_pointer_returned.c:sys_a
// CHECK-NEXT:end
// CHECK-NEXT:syscall:
// CHECK-NEXT:function_pointer_returned.c:bad
// CHECK-NEXT:function_pointer_returned.c:sys_a
// CHECK-NEXT:function_pointer_returned.c:sys_b
// CHECK-NEXT:end
