// IDIOM: allocation
// RUN: %may_modify %s | %FileCheck
/* One allocation for a record and a driver's own one behind it, aligned; each reaches the other. */
typedef unsigned long size_t; void *malloc(size_t);
#define ALIGNED(n) (((n) + 31UL) & ~31UL)
struct netdev { int mtu; const struct ops *ops; }; struct ops { void (*xmit)(struct netdev *); }; struct e1000 { struct netdev *netdev; int sent; }; struct veth { int dropped; };
static void *priv(struct netdev *d) { return (char *)d + ALIGNED(sizeof(struct netdev)); }
static struct netdev *alloc_netdev(size_t size) { struct netdev *d = malloc(ALIGNED(sizeof *d) + size); return d; }
static void e1000_xmit(struct netdev *d) { struct e1000 *p = priv(d); p->sent++; p->netdev->mtu--; }
static const struct ops e1000_ops = {e1000_xmit}; static struct netdev *eth; static int cold;
int probe(void) { struct netdev *d = alloc_netdev(sizeof(struct e1000)); if (!d) return -1; d->ops = &e1000_ops; ((struct e1000 *)priv(d))->netdev = d; eth = d; return 0; }
void send(void) { eth->ops->xmit(eth); }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:probe:
// CHECK-NEXT:private_area_behind_object.c:eth
// CHECK-NEXT:struct e1000.netdev
// EXTRA-NEXT:struct netdev.mtu
// CHECK-NEXT:struct netdev.ops
// CHECK-NEXT:end
// CHECK-NEXT:send:
// CHECK-NEXT:struct e1000.sent
// CHECK-NEXT:struct netdev.mtu
// EXTRA-NEXT:struct netdev.ops
// CHECK-NEXT:end
