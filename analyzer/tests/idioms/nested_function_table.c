// IDIOM: initialisers
// RUN: %may_modify %s | %FileCheck
/* GNU nested tables: arrays in records in arrays, with a pointer into the middle. */
struct cmd { const char *name; int (*run)(int); }; struct group { int n; struct cmd cmds[2]; }; static int a, b, c, d; static int ra(int x) { return a = x; } static int rb(int x) { return b = x; } static int rc(int x) { return c = x; } static int rd(int x) { return d = x; }
static const struct group groups[2] = {{2, {{"a", ra}, {"b", rb}}}, {1, {{"c", rc}}}}; static const struct cmd *fallback = &groups[0].cmds[1]; static int (*spare)(int) = rd;
int run(int g, int i, int x) { return groups[g & 1].cmds[i & 1].run ? groups[g & 1].cmds[i & 1].run(x) : 0; }
int run_fallback(int x) { return fallback->run(x); }
int run_spare(int x) { return spare(x); }
// CHECK:run:
// CHECK-NEXT:nested_function_table.c:a
// CHECK-NEXT:nested_function_table.c:b
// CHECK-NEXT:nested_function_table.c:c
// CHECK-NEXT:end
// CHECK-NEXT:run_fallback:
// EXTRA-NEXT:nested_function_table.c:a
// CHECK-NEXT:nested_function_table.c:b
// EXTRA-NEXT:nested_function_table.c:c
// CHECK-NEXT:end
// CHECK-NEXT:run_spare:
// CHECK-NEXT:nested_function_table.c:d
// CHECK-NEXT:end
