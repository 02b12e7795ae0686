// IDIOM: same_names
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/one.c %t.d/two.c | %FileCheck
/* Two units declare one array with different types. */
//--- one.c
struct pair { int a; int b; }; struct pair table[2]; static int cold;
int get(void) { return cold; }
//--- two.c
extern int table[];
void set(int i) { table[i & 3] = 1; }
//--- expected
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:table[].a
// CHECK-NEXT:table[].b
// CHECK-NEXT:end
