// IDIOM: varargs
// RUN: %may_modify %s | %FileCheck
/* Records with pointers and functions go by value through the dots, in a loop, after a count; one list is handed to a second function in the middle. */
typedef __builtin_va_list va_list; struct act { void (*run)(int *); int *on; }; static int one, two, three, cold;
static void up(int *n) { ++*n; } static void zero(int *n) { *n = 0; }
static void rest(va_list list) { struct act a = __builtin_va_arg(list, struct act); a.run(a.on); }
static void all(int n, ...) { va_list list; __builtin_va_start(list, n); while (n-- > 1) { struct act a = __builtin_va_arg(list, struct act); a.run(a.on); } rest(list); __builtin_va_end(list); }
void both(void) { all(2, (struct act){up, &one}, (struct act){zero, &two}); }
void single(void) { all(1, (struct act){up, &three}); }
int get(void) { return cold; }
// CHECK:both:
// CHECK-NEXT:va_arg_record_by_value.c:one
// CHECK-NEXT:va_arg_record_by_value.c:two
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:single:
// CHECK-NEXT:va_arg_record_by_value.c:three
// CHECK-NEXT:end
