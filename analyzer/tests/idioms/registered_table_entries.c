// IDIOM: entry_points
// RUN: %may_modify %s | %FileCheck
/* The table goes to outside as an argument, or lies in an object that does. */
struct ops { int (*probe)(int); int (*remove)(int); }; struct driver { const char *name; const struct ops *ops; int bound; };
extern int driver_register(struct driver *d);
static int probed, removed, loaded;
static int my_probe(int id) { probed = id; return 0; }
static int my_remove(int id) { removed = id; return 0; }
static const struct ops my_ops = {my_probe, my_remove};
static struct driver my_driver = {"mine", &my_ops, 0};
int init(void) { loaded = 1; return driver_register(&my_driver); }
// CHECK:init:
// CHECK-NEXT:*  [by unknown]  (6 leaves)
// CHECK-NEXT:registered_table_entries.c:loaded
// CHECK-NEXT:unknown: outside-call driver_register in init
// CHECK-NEXT:end
// CHECK-NEXT:my_probe:
// CHECK-NEXT:registered_table_entries.c:probed
// CHECK-NEXT:end
// CHECK-NEXT:my_remove:
// CHECK-NEXT:registered_table_entries.c:removed
// CHECK-NEXT:end
