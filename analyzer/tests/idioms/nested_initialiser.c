// IDIOM: initialisers
// RUN: %may_modify %s | %FileCheck
struct file; struct operations { int (*read)(struct file *); };
struct type { const char *name; const struct operations *operations; };
struct file { const struct type *type; int position; };
static int read_it(struct file *f) { return f->position++; }
static int never; static int other(struct file *f) { (void)f; return never++; }
static const struct type types[] = {{"plain", &(const struct operations){read_it}}};
static const struct operations unused = {other};
static struct file file = {&types[0], 0};
int read_file(void) { return file.type->operations->read(&file); }
const struct operations *keep(void) { return &unused; }
// CHECK:keep:
// CHECK-NEXT:end
// CHECK-NEXT:other:
// CHECK-NEXT:nested_initialiser.c:never
// CHECK-NEXT:end
// CHECK-NEXT:read_file:
// CHECK-NEXT:nested_initialiser.c:file.position
// CHECK-NEXT:end
