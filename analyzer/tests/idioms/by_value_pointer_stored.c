// IDIOM: by_value
// RUN: %may_modify %s | %FileCheck
/* A record with a pointer in it is returned, stored, and used later. */
struct fd { struct file *file; unsigned flags; }; struct file { int pos; int uses; };
static struct file open_file, closed_file; static struct fd current;
static struct fd look_up(int n) { struct fd f = {&open_file, 1}; if (n < 0) f.file = 0; return f; }
void choose(int n) { current = look_up(n); }
void seek(int n) { current.file->pos = n; }
void touch(int n) { struct fd f = look_up(n); if (f.file) f.file->uses++; }
int get(void) { return closed_file.pos; }
// CHECK:choose:
// CHECK-NEXT:by_value_pointer_stored.c:current.file
// CHECK-NEXT:by_value_pointer_stored.c:current.flags
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:seek:
// CHECK-NEXT:by_value_pointer_stored.c:open_file.pos
// CHECK-NEXT:end
// CHECK-NEXT:touch:
// CHECK-NEXT:by_value_pointer_stored.c:open_file.uses
// CHECK-NEXT:end
