// IDIOM: setjmp_flow
// RUN: %may_modify %s | %FileCheck
typedef long jmp_buf[8]; extern int setjmp(jmp_buf) __attribute__((returns_twice)); extern void longjmp(jmp_buf, int) __attribute__((noreturn));
static jmp_buf recover; static int faults, progress, done;
void guarded(void) { if (__builtin_setjmp((void **)recover)) { faults++; return; } progress++; __builtin_longjmp((void **)recover, 1); }
void finish(void) { done = 1; }
// CHECK:finish:
// CHECK-NEXT:setjmp_like.c:done
// CHECK-NEXT:end
// CHECK-NEXT:guarded:
// CHECK-NEXT:setjmp_like.c:faults
// CHECK-NEXT:setjmp_like.c:progress
// CHECK-NEXT:setjmp_like.c:recover[]
// CHECK-NEXT:end
