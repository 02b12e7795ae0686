// IDIOM: entry_points
// RUN: %may_modify %s | %FileCheck
/* Nobody in scope calls them: the table is exported, so outside does. */
struct inode; struct file { void *private_data; long pos; };
struct file_operations { int (*open)(struct inode *, struct file *); long (*read)(struct file *, char *, unsigned long); };
struct session { int reads; int opens; };
static int sessions; static struct session session; static int hidden;
static int dev_open(struct inode *inode, struct file *file) { sessions++; file->private_data = &session; return 0; }
static long dev_read(struct file *file, char *buffer, unsigned long n) { struct session *s = file->private_data; s->reads++; return (long)n; }
static int unrelated(void) { return hidden++; }
const struct file_operations dev_fops = {.open = dev_open, .read = dev_read};
int call_unrelated(void) { return unrelated(); }
// CHECK:call_unrelated:
// CHECK-NEXT:exported_table_entries.c:hidden
// CHECK-NEXT:end
// CHECK-NEXT:dev_open:
// CHECK-NEXT:exported_table_entries.c:sessions
// CHECK-NEXT:struct file.private_data
// CHECK-NEXT:end
// CHECK-NEXT:dev_read:
// CHECK-NEXT:exported_table_entries.c:session.reads
// EXTRA-NEXT:struct session.reads
// CHECK-NEXT:end
