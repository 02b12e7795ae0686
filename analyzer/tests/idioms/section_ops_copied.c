// IDIOM: linker_section
// RUN: %may_modify %s | %FileCheck
/* Operations from a linker section are copied to a table at start, and called from there. */
struct ops { int id; void (*start)(void); }; 
extern const struct ops __start_driver_ops[], __stop_driver_ops[];
static int disk_on, net_on, cold;
static void disk(void) { disk_on = 1; } static void net(void) { net_on = 1; } static void unused(void) { cold = 1; }
static const struct ops disk_ops __attribute__((used, section("driver_ops"))) = {1, disk};
static const struct ops net_ops __attribute__((used, section("driver_ops"))) = {2, net};
static const struct ops other_ops = {3, unused};
static struct ops table[8]; static int count;
void collect(void) { for (const struct ops *o = __start_driver_ops; o < __stop_driver_ops; o++) table[count++ & 7] = *o; }
void start_all(void) { for (int i = 0; i < count; i++) table[i].start(); }
int get(void) { return other_ops.id; }
// CHECK:collect:
// CHECK-NEXT:section_ops_copied.c:count
// CHECK-NEXT:section_ops_copied.c:table[].id
// CHECK-NEXT:section_ops_copied.c:table[].start
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:start_all:
// CHECK-NEXT:section_ops_copied.c:disk_on
// CHECK-NEXT:section_ops_copied.c:net_on
// CHECK-NEXT:end
// CHECK-NEXT:unused:
// CHECK-NEXT:section_ops_copied.c:cold
// CHECK-NEXT:end
