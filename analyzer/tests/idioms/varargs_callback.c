// IDIOM: varargs
// RUN: %may_modify %s | %FileCheck
#include <stdarg.h>
typedef void (*fn_t)(int); static int ran, other_ran, spare_ran;
static void run(int n) { ran = n; } static void other(int n) { other_ran = n; } static void spare(int n) { spare_ran = n; }
static void call_each(int n, ...) { va_list ap, copy; va_start(ap, n); va_copy(copy, ap); while (n--) va_arg(copy, fn_t)(n); va_end(copy); va_end(ap); }
void both(void) { call_each(2, run, other); }
fn_t get(void) { return spare; }
// CHECK:both:
// CHECK-NEXT:varargs_callback.c:other_ran
// CHECK-NEXT:varargs_callback.c:ran
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:spare:
// CHECK-NEXT:varargs_callback.c:spare_ran
// CHECK-NEXT:end
