// IDIOM: function_pointer_layers
// RUN: %may_modify %s | %FileCheck
/* A buffer is called: the code there was made at run time, and may do anything. */
static unsigned char jit[64] __attribute__((aligned(16))); static int cold;
void generate(void) { jit[0] = 0xc3; }
void run(void) { ((void (*)(void))(void *)jit)(); }
int get(void) { return cold; }
// CHECK:generate:
// CHECK-NEXT:code_made_at_run_time.c:jit[]
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:run:
// CHECK-NEXT:*  [by unknown]  (2 leaves)
// CHECK-NEXT:unknown: outside-call function pointer in run
// CHECK-NEXT:end
