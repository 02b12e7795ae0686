// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
struct driver { const char *name; void (*probe)(int); };
static struct driver *drivers[4];
static int probed;
static void my_probe(int n) { probed = n; }
static struct driver my_driver = {"mine", my_probe};
static void driver_register(struct driver *d) { for (int i = 0; i < 4; i++) if (!drivers[i]) { drivers[i] = d; return; } }
void init(void) { driver_register(&my_driver); }
void probe_all(int n) { for (int i = 0; i < 4; i++) if (drivers[i]) drivers[i]->probe(n); }
// CHECK:init:
// CHECK-NEXT:ops_registered.c:drivers[]
// CHECK-NEXT:end
// CHECK-NEXT:probe_all:
// CHECK-NEXT:ops_registered.c:probed
// CHECK-NEXT:end
