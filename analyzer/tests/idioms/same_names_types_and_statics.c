// IDIOM: same_names
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/disk.c %t.d/net.c | %FileCheck
//--- disk.c
struct queue { int depth; int errors; };
static struct queue queue; static int count;
void disk_submit(void) { queue.depth++; count++; }
//--- net.c
struct queue { long head; long tail; };
static struct queue queue; static int count;
void net_submit(void) { queue.tail++; count++; }
//--- expected
// CHECK:disk_submit:
// CHECK-NEXT:disk.c:count
// CHECK-NEXT:disk.c:queue.depth
// CHECK-NEXT:end
// CHECK-NEXT:net_submit:
// CHECK-NEXT:net.c:count
// CHECK-NEXT:net.c:queue.tail
// CHECK-NEXT:end
