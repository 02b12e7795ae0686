// IDIOM: setjmp_flow
// RUN: %may_modify %s | %FileCheck
/* What a panic stores does not matter: who calls it never ends. */
int printed; static int state, cold;
__attribute__((noreturn)) void panic(const char *why) { printed = 1; (void)why; for (;;) { } }
static __attribute__((noreturn)) void fail(int code) { if (code) panic("failed"); panic("worse"); }
void serve(int v) { if (v < 0) fail(v); state = v; }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:panic:
// CHECK-NEXT:printed
// CHECK-NEXT:end
// CHECK-NEXT:serve:
// CHECK-NEXT:panic_ends_transaction.c:state
// CHECK-NEXT:end
