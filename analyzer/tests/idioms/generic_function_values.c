// IDIOM: generic
// RUN: %may_modify %s | %FileCheck
/* _Generic chooses a function, an lvalue and a default; what is not chosen does not run. */
struct disk { int sectors; }; struct net { int packets; }; static struct disk disk; static struct net net; static int ints, others, cold;
static void disk_tick(struct disk *d) { d->sectors++; } static void net_tick(struct net *n) { n->packets++; } static void never(void *p) { (void)p; cold++; }
#define tick(p) _Generic((p), struct disk *: disk_tick, struct net *: net_tick, default: never)(p)
#define counter(x) (*_Generic((x), int: &ints, default: &others))
static void (*const table[])(struct disk *) = {_Generic(disk, struct disk: disk_tick, default: 0)};
void tick_disk(void) { tick(&disk); }
void tick_net(void) { tick(&net); }
void count_int(int x) { counter(x)++; }
void count_long(long x) { counter(x) = 1; }
void by_table(void) { table[0](&disk); }
int get(void) { return cold; }
// CHECK:by_table:
// CHECK-NEXT:generic_function_values.c:disk.sectors
// CHECK-NEXT:end
// CHECK-NEXT:count_int:
// CHECK-NEXT:generic_function_values.c:ints
// CHECK-NEXT:end
// CHECK-NEXT:count_long:
// CHECK-NEXT:generic_function_values.c:others
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:tick_disk:
// CHECK-NEXT:generic_function_values.c:disk.sectors
// CHECK-NEXT:end
// CHECK-NEXT:tick_net:
// CHECK-NEXT:generic_function_values.c:net.packets
// CHECK-NEXT:end
