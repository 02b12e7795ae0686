// IDIOM: generic_setter
// RUN: %may_modify %s | %FileCheck
/* Descriptions of fields, one setter for all (module parameters, netlink policies, QEMU properties). */
struct desc { const char *name; unsigned long offset; int size; }; struct conf { int retries; long timeout; int secret; }; static struct conf conf, spare;
static const struct desc descs[] = {{"retries", __builtin_offsetof(struct conf, retries), 4}, {"timeout", __builtin_offsetof(struct conf, timeout), 8}};
static void set(void *obj, const struct desc *d, long v) { char *p = (char *)obj + d->offset; if (d->size == 4) *(int *)p = (int)v; else *(long *)p = v; }
void configure(int i, long v) { set(&conf, &descs[i & 1], v); }
int get(void) { return spare.secret; }
// CHECK:configure:
// EXTRA-NEXT:generic_setter_offsetof.c:conf.retries  [by unknown]
// EXTRA-NEXT:generic_setter_offsetof.c:conf.secret  [by unknown]
// EXTRA-NEXT:generic_setter_offsetof.c:conf.timeout  [by unknown]
// EXTRA-NEXT:unknown: unknown-offset generic_setter_offsetof.c:conf in set
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
