// RUN: %print %s | %FileCheck
// Static locals belong to their function; static functions are there when something reaches them.
static int unreached(void) { static int never; return never++; }
static int reached(void) { static int count = 1; return ++count; }
static int through_pointer(void) { return 2; }
static int (*const hooks[])(void) = { through_pointer };
int entry(int i) { static int (*cache)(void) = reached; return cache() + hooks[i](); }
int again(void) { static int count; return count--; }
extern inline __attribute__((gnu_inline)) int only_inline(void) { return 3; }
int plain_inline_user(void) { return only_inline(); }
// CHECK-NOT: unreached
// CHECK-NOT: never
// CHECK-DAG: static entry:cache: fn()->int* defined @
// CHECK-DAG: static reached:count: int defined
// CHECK-DAG: static again:count: int defined
// CHECK-DAG: init entry:cache+0 = &reached+0
// CHECK-DAG: init hooks+0 = &through_pointer+0
// CHECK-DAG: function reached()
// CHECK-DAG: function through_pointer()
// CHECK-DAG: function only_inline()
