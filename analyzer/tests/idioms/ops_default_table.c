// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
/* As security hooks did: slots left empty are filled with defaults when the module registers. */
struct hooks { int (*open)(void); int (*close)(void); };
static int opened, closed, denied;
static int default_open(void) { opened++; return 0; }
static int default_close(void) { closed++; return 0; }
static int strict_open(void) { denied++; return -1; }
static struct hooks strict = {.open = strict_open};
static struct hooks *active;
static void fixup(struct hooks *h) { if (!h->open) h->open = default_open; if (!h->close) h->close = default_close; }
void install(void) { fixup(&strict); active = &strict; }
int do_close(void) { return active->close(); }
int do_open(void) { return active->open(); }
int report(void) { return opened + closed + denied; }
// CHECK:do_close:
// CHECK-NEXT:ops_default_table.c:closed
// CHECK-NEXT:end
// CHECK-NEXT:do_open:
// EXTRA-NEXT:ops_default_table.c:denied
// EXTRA-NEXT:ops_default_table.c:opened
// CHECK-NEXT:end
// CHECK-NEXT:install:
// CHECK-NEXT:ops_default_table.c:active
// CHECK-NEXT:ops_default_table.c:strict.close
// CHECK-NEXT:ops_default_table.c:strict.open
// CHECK-NEXT:end
// CHECK-NEXT:report:
// CHECK-NEXT:end
