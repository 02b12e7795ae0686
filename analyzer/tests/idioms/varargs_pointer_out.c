// IDIOM: varargs
// RUN: %may_modify %s | %FileCheck
#include <stdarg.h>
struct sink { int n; char *at; }; static int width, height, depth; static struct sink sink; static int errors;
static int vscan(const char *fmt, va_list ap) { int n = 0; for (; *fmt; fmt++) switch (*fmt) { case 'd': *va_arg(ap, int *) = *fmt; n++; break; case 's': { struct sink *s = va_arg(ap, struct sink *); s->n++; break; } default: errors++; } return n; }
static int scan(const char *fmt, ...) { va_list ap; va_start(ap, fmt); int n = vscan(fmt, ap); va_end(ap); return n; }
int read_mode(void) { return scan("dds", &width, &height, &sink); }
int get(void) { return depth; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:read_mode:
// CHECK-NEXT:varargs_pointer_out.c:errors
// CHECK-NEXT:varargs_pointer_out.c:height
// CHECK-NEXT:varargs_pointer_out.c:sink.n
// CHECK-NEXT:varargs_pointer_out.c:width
// CHECK-NEXT:end
