// IDIOM: freed_before_exit
// RUN: %may_modify %s | %FileCheck
typedef unsigned long size_t; void *malloc(size_t); void free(void *);
struct path { char *name; int depth; }; struct mount { int id; int flags; }; static struct mount *mounted; static int attempts;
int lookup(int depth) { struct path *p = malloc(sizeof *p); if (!p) return -1; p->depth = depth; p->name = 0; int d = p->depth; free(p); return d; }
int do_mount(int id) { attempts++; struct mount *m = malloc(sizeof *m); if (!m) return -12; m->id = id; if (id < 0) { free(m); return -22; } mounted = m; return 0; }
// CHECK:do_mount:
// CHECK-NEXT:freed_before_exit_error_path.c:attempts
// CHECK-NEXT:freed_before_exit_error_path.c:mounted
// CHECK-NEXT:struct mount.id
// CHECK-NEXT:end
// CHECK-NEXT:lookup:
// CHECK-NEXT:end
