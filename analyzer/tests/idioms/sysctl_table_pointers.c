// IDIOM: generic_setter
// RUN: %may_modify %s | %FileCheck
struct ctl { const char *name; void *data; int len; int (*handler)(struct ctl *, long); }; static int swappiness, overcommit, hidden; static long ratio;
static int do_int(struct ctl *c, long v) { *(int *)c->data = (int)v; return 0; } static int do_long(struct ctl *c, long v) { *(long *)c->data = v; return 0; }
static struct ctl table[] = {{"swappiness", &swappiness, 4, do_int}, {"overcommit", &overcommit, 4, do_int}, {"ratio", &ratio, 8, do_long}, {0}};
int sysctl(int i, long v) { for (struct ctl *c = table; c->name; c++) if (i-- == 0) return c->handler(c, v); return -2; }
int get(void) { return hidden; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:sysctl:
// CHECK-NEXT:sysctl_table_pointers.c:overcommit
// CHECK-NEXT:sysctl_table_pointers.c:ratio
// CHECK-NEXT:sysctl_table_pointers.c:swappiness
// CHECK-NEXT:end
