// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
struct ops { void (*run)(void); };
static int a, b, c;
static void run_a(void) { a = 1; }
static void run_b(void) { b = 1; }
static void run_c(void) { c = 1; }
static const struct ops ops_a = {run_a}, ops_b = {run_b}, ops_c = {run_c};
static const struct ops *current_ops = &ops_a;
static const struct ops *other_ops;
void choose(void) { current_ops = &ops_b; other_ops = &ops_c; }
void run(void) { current_ops->run(); }
// CHECK:choose:
// CHECK-NEXT:ops_mutable_pointer.c:current_ops
// CHECK-NEXT:ops_mutable_pointer.c:other_ops
// CHECK-NEXT:end
// CHECK-NEXT:run:
// CHECK-NEXT:ops_mutable_pointer.c:a
// CHECK-NEXT:ops_mutable_pointer.c:b
// CHECK-NEXT:end
// CHECK-NEXT:run_c:
// CHECK-NEXT:ops_mutable_pointer.c:c
// CHECK-NEXT:end
