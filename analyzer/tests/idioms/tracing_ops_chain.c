// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
/* Layers of operations: a filter's table is put before the one below it, which it keeps and calls. */
struct dev; struct ops { int (*submit)(struct dev *, int); }; struct dev { const struct ops *ops; void *priv; int busy; }; struct filter { struct ops ops; const struct ops *below; void *below_priv; int seen; }; struct disk { int sectors; };
static struct disk disk; static struct filter crypt, trace; static struct dev dev, cold;
static int disk_submit(struct dev *d, int n) { ((struct disk *)d->priv)->sectors += n; d->busy = 1; return 0; } static const struct ops disk_ops = {disk_submit};
static int filter_submit(struct dev *d, int n) { struct filter *f = d->priv; f->seen++; d->priv = f->below_priv; int r = f->below->submit(d, n); d->priv = f; return r; }
static void stack_on(struct dev *d, struct filter *f) { f->ops.submit = filter_submit; f->below = d->ops; f->below_priv = d->priv; d->ops = &f->ops; d->priv = f; }
void setup(void) { dev.ops = &disk_ops; dev.priv = &disk; stack_on(&dev, &crypt); }
void add_trace(void) { stack_on(&dev, &trace); }
int submit(int n) { return dev.ops->submit(&dev, n); }
int get(void) { return cold.busy; }
// CHECK:add_trace:
// CHECK-NEXT:tracing_ops_chain.c:dev.ops
// CHECK-NEXT:tracing_ops_chain.c:dev.priv
// CHECK-NEXT:tracing_ops_chain.c:trace.below
// CHECK-NEXT:tracing_ops_chain.c:trace.below_priv
// CHECK-NEXT:tracing_ops_chain.c:trace.ops.submit
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:setup:
// CHECK-NEXT:tracing_ops_chain.c:crypt.below
// CHECK-NEXT:tracing_ops_chain.c:crypt.below_priv
// CHECK-NEXT:tracing_ops_chain.c:crypt.ops.submit
// CHECK-NEXT:tracing_ops_chain.c:dev.ops
// CHECK-NEXT:tracing_ops_chain.c:dev.priv
// CHECK-NEXT:end
// CHECK-NEXT:submit:
// CHECK-NEXT:tracing_ops_chain.c:crypt.seen
// CHECK-NEXT:tracing_ops_chain.c:dev.busy
// CHECK-NEXT:tracing_ops_chain.c:dev.priv
// CHECK-NEXT:tracing_ops_chain.c:disk.sectors
// CHECK-NEXT:tracing_ops_chain.c:trace.seen
// CHECK-NEXT:end
