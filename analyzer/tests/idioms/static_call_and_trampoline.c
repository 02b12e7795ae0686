// IDIOM: patched_calls
// RUN: %may_modify %s | %FileCheck
/* static_call: a key holds the function, the trampoline is patched; here as the kernel falls back without it. */
struct static_call_key { void *func; }; static int traced, plain; static void trace_on(int n) { traced = n; } static void trace_off(int n) { plain = n; }
static struct static_call_key SCK_trace = {.func = trace_off};
#define static_call(name) ((void (*)(int))(*(void *volatile *)&(SCK_##name.func)))
void enable(void) { *(void *volatile *)&SCK_trace.func = trace_on; }
void hit(int n) { static_call(trace)(n); }
void direct(int n) { trace_off(n); }
// CHECK:direct:
// CHECK-NEXT:static_call_and_trampoline.c:plain
// CHECK-NEXT:end
// CHECK-NEXT:enable:
// CHECK-NEXT:static_call_and_trampoline.c:SCK_trace.func
// CHECK-NEXT:end
// CHECK-NEXT:hit:
// CHECK-NEXT:static_call_and_trampoline.c:plain
// CHECK-NEXT:static_call_and_trampoline.c:traced
// CHECK-NEXT:end
