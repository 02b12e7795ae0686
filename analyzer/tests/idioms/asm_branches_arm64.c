// IDIOM: asm_pointer_memory
// RUN: env FLAGS=--target=aarch64-linux-gnu %may_modify %s | %FileCheck
/* Calls by register and by name on AArch64. */
static int state, other, cold;
static void work(int *p) { *p = 1; }
static void __attribute__((used)) named(int *p) { other = 1; }
void run(void) { __asm__ volatile("mov x0, %1\n\tblr %0" : : "r"(work), "r"(&state) : "x0", "x30"); }
void run_named(void) { __asm__ volatile("bl named" : : : "x30"); }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:run:
// CHECK-NEXT:asm_branches_arm64.c:state
// CHECK-NEXT:end
// CHECK-NEXT:run_named:
// CHECK-NEXT:asm_branches_arm64.c:other
// CHECK-NEXT:end
