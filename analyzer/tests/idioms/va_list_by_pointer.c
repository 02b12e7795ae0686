// IDIOM: varargs
// RUN: %may_modify %s | %FileCheck
/* The list is copied, and passed on by address. */
struct item { int uses; }; static struct item one, two, spare;
static struct item *next(__builtin_va_list *ap) { return __builtin_va_arg(*ap, struct item *); }
static void each(int n, __builtin_va_list ap) { __builtin_va_list again; __builtin_va_copy(again, ap); for (int i = 0; i < n; i++) next(&again)->uses++; __builtin_va_end(again); }
static void all(int n, ...) { __builtin_va_list ap; __builtin_va_start(ap, n); each(n, ap); __builtin_va_end(ap); }
void mark(void) { all(2, &one, &two); }
int get(void) { return spare.uses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:mark:
// CHECK-NEXT:va_list_by_pointer.c:one.uses
// CHECK-NEXT:va_list_by_pointer.c:two.uses
// CHECK-NEXT:end
