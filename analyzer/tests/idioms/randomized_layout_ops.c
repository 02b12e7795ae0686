// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
#define __randomize_layout __attribute__((randomize_layout))
struct vm_ops { void (*open)(int); void (*close)(int); int (*fault)(int); } __randomize_layout; static int opens, faults; static void vopen(int n) { opens = n; } static int vfault(int n) { return faults = n; }
static const struct vm_ops shm_ops = {.open = vopen, .fault = vfault}; static const struct vm_ops *current_ops = &shm_ops;
int do_fault(int n) { return current_ops->fault(n); }
void do_open(int n) { if (current_ops->open) current_ops->open(n); }
// CHECK:do_fault:
// CHECK-NEXT:randomized_layout_ops.c:faults
// CHECK-NEXT:end
// CHECK-NEXT:do_open:
// CHECK-NEXT:randomized_layout_ops.c:opens
// CHECK-NEXT:end
