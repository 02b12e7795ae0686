// IDIOM: flexible_array
// RUN: %may_modify %s | %FileCheck
/* A table with a flexible array of pointers is copied into a larger one, which replaces it. */
typedef unsigned long size_t; void *malloc(size_t); void free(void *); void *memcpy(void *, const void *, size_t);
struct file { int refs; }; struct fdtable { unsigned max; struct file *fd[]; };
static struct fdtable *table; static struct file console, disk, cold;
static int grow(unsigned max) { struct fdtable *old = table, *new = malloc(sizeof *new + max * sizeof new->fd[0]); if (!new) return -12; new->max = max; if (old) memcpy(new->fd, old->fd, old->max * sizeof(struct file *)); table = new; free(old); return 0; }
int install(unsigned n, int which) { if (!table || n >= table->max) if (grow(2 * n + 8)) return -12; table->fd[n] = which ? &console : &disk; return 0; }
void get_file(unsigned n) { table->fd[n]->refs++; }
int get(void) { return cold.refs; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:get_file:
// CHECK-NEXT:flexible_array_of_pointers_grown.c:console.refs
// CHECK-NEXT:flexible_array_of_pointers_grown.c:disk.refs
// CHECK-NEXT:end
// CHECK-NEXT:install:
// CHECK-NEXT:flexible_array_of_pointers_grown.c:table
// CHECK-NEXT:struct fdtable.fd[]
// CHECK-NEXT:struct fdtable.max
// CHECK-NEXT:end
