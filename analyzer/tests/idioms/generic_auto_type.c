// IDIOM: generic
// RUN: %may_modify %s | %FileCheck
static int number; static long word;
#define set(x) _Generic((x), int *: set_int, long *: set_long)(x)
static void set_int(int *p) { *p = 1; }
static void set_long(long *p) { *p = 1; }
void use(void) { __auto_type p = &number; set(p); }
void use_long(void) { set(&word); }
// CHECK:use:
// CHECK-NEXT:generic_auto_type.c:number
// CHECK-NEXT:end
// CHECK-NEXT:use_long:
// CHECK-NEXT:generic_auto_type.c:word
// CHECK-NEXT:end
