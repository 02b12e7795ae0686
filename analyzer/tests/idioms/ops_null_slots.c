// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
struct inode;
struct file_ops { int (*open)(struct inode *); int (*release)(struct inode *); int (*sync)(struct inode *); };
struct inode { const struct file_ops *ops; int opens; int syncs; };
static int ram_open(struct inode *inode) { inode->opens++; return 0; }
static int disk_sync(struct inode *inode) { inode->syncs++; return 0; }
static const struct file_ops ram_ops = {.open = ram_open};
static const struct file_ops disk_ops = {.open = ram_open, .release = 0, .sync = disk_sync};
static struct inode ram = {&ram_ops}, disk = {&disk_ops};
int open_ram(void) { return ram.ops->open ? ram.ops->open(&ram) : -1; }
int sync_ram(void) { return ram.ops->sync ? ram.ops->sync(&ram) : -1; }
int sync_disk(void) { return disk.ops->sync ? disk.ops->sync(&disk) : -1; }
int release_disk(void) { if (disk.ops->release) return disk.ops->release(&disk); return 0; }
// CHECK:open_ram:
// CHECK-NEXT:ops_null_slots.c:ram.opens
// CHECK-NEXT:end
// CHECK-NEXT:release_disk:
// CHECK-NEXT:end
// CHECK-NEXT:sync_disk:
// CHECK-NEXT:ops_null_slots.c:disk.syncs
// CHECK-NEXT:end
// CHECK-NEXT:sync_ram:
// CHECK-NEXT:end
