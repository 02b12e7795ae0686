// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
struct ops { int (*open)(void); int (*close)(void); };
static int opened, closed, never;
static int do_open(void) { return ++opened; }
static int do_close(void) { return ++closed; }
static int unrelated(void) { return ++never; }
static const struct ops ops = {.open = do_open, .close = do_close};
int open_it(void) { return ops.open(); }
int close_it(void) { return ops.close(); }
int keep(void) { return unrelated(); }
// CHECK:close_it:
// CHECK-NEXT:ops_const_table.c:closed
// CHECK-NEXT:end
// CHECK-NEXT:keep:
// CHECK-NEXT:ops_const_table.c:never
// CHECK-NEXT:end
// CHECK-NEXT:open_it:
// CHECK-NEXT:ops_const_table.c:opened
// CHECK-NEXT:end
