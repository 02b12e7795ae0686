// IDIOM: by_value
// RUN: %may_modify %s | %FileCheck
/* A function and its argument are returned in one record. */
struct ops { void (*run)(int *); int *where; }; static int x, y, spare;
static void one(int *p) { *p = 1; } static void two(int *p) { *p = 2; }
static struct ops choose(int k) { return k ? (struct ops){one, &x} : (struct ops){two, &y}; }
void go(int k) { struct ops o = choose(k); o.run(o.where); }
void now(int k) { choose(k).run(choose(k).where); }
int get(void) { return spare; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:go:
// CHECK-NEXT:function_returned_in_struct.c:x
// CHECK-NEXT:function_returned_in_struct.c:y
// CHECK-NEXT:end
// CHECK-NEXT:now:
// CHECK-NEXT:function_returned_in_struct.c:x
// CHECK-NEXT:function_returned_in_struct.c:y
// CHECK-NEXT:end
