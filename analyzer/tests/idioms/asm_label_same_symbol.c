// IDIOM: same_names
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/one.c %t.d/two.c | %FileCheck
/* One variable, two names: the second is an asm label. */
//--- one.c
int real_state; static int cold;
int get(void) { return cold; }
//--- two.c
extern int shadow __asm__("real_state");
void set(void) { shadow = 1; }
//--- expected
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:real_state
// CHECK-NEXT:end
