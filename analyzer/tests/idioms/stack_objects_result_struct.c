// IDIOM: stack_objects
// RUN: %may_modify %s | %FileCheck
struct stat { long size; long mode; }; struct inode { long size; long mode; int reads; }; static struct inode inode;
static void fill(const struct inode *i, struct stat *st) { st->size = i->size; st->mode = i->mode; }
static void chmod_in(struct inode *i, const struct stat *st) { i->mode = st->mode; }
long size(void) { struct stat st; fill(&inode, &st); return st.size; }
void make_readonly(void) { struct stat st; fill(&inode, &st); st.mode &= ~0222; chmod_in(&inode, &st); }
// CHECK:make_readonly:
// CHECK-NEXT:stack_objects_result_struct.c:inode.mode
// CHECK-NEXT:end
// CHECK-NEXT:size:
// CHECK-NEXT:end
