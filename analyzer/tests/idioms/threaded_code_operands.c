// IDIOM: computed_goto
// RUN: %may_modify %s | %FileCheck
/* Threaded code: addresses of state between the labels. */
static int a, b, spare;
void run(const void *const *unused) {
  static const void *program[] = {&&store, &a, &&add, &b, &&end};
  const void **pc = (const void **)program;
  goto **pc++;
store: *(int *)*pc++ = 1; goto **pc++;
add: ++*(int *)*pc++; goto **pc++;
end: return;
}
int get(void) { return spare; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:run:
// CHECK-NEXT:threaded_code_operands.c:a
// CHECK-NEXT:threaded_code_operands.c:b
// CHECK-NEXT:end
