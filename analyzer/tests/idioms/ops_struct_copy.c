// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
struct ops { void (*first)(void); void (*second)(void); };
static int a, b;
static void set_a(void) { a = 1; }
static void set_b(void) { b = 1; }
static const struct ops initial = {set_a, set_b};
static struct ops active;
void install(void) { active = initial; }
void second(void) { active.second(); }
// CHECK:install:
// CHECK-NEXT:ops_struct_copy.c:active.first
// CHECK-NEXT:ops_struct_copy.c:active.second
// CHECK-NEXT:end
// CHECK-NEXT:second:
// CHECK-NEXT:ops_struct_copy.c:b
// CHECK-NEXT:end
// CHECK-NEXT:set_a:
// CHECK-NEXT:ops_struct_copy.c:a
// CHECK-NEXT:end
