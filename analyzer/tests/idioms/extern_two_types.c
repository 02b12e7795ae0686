// IDIOM: same_names
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/a.c %t.d/b.c | %FileCheck
/* One buffer, declared as bytes where it is defined and as a record where it is used; and the other way round. */
//--- a.c
unsigned char __attribute__((aligned(8))) boot_area[64];
struct stats { long in, out; }; struct stats stats;
int first(void) { return boot_area[0]; }
void count(void) { stats.in++; }
//--- b.c
struct header { int magic; int *next; };
extern struct header boot_area; extern long stats[];
static int cell, cold;
void setup(void) { boot_area.next = &cell; }
void follow(void) { *boot_area.next = 1; }
void reset(void) { stats[1] = 0; }
int get(void) { return cold; }
//--- expected
// CHECK:count:
// CHECK-NEXT:stats.in
// CHECK-NEXT:end
// CHECK-NEXT:first:
// CHECK-NEXT:end
// CHECK-NEXT:follow:
// CHECK-NEXT:b.c:cell
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:reset:
// CHECK-NEXT:stats.out
// CHECK-NEXT:end
// CHECK-NEXT:setup:
// CHECK-NEXT:boot_area[]
// CHECK-NEXT:end
