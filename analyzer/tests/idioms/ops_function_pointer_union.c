// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
struct action { int kind; union { void (*simple)(void); void (*with_arg)(int); unsigned long raw; } u; };
static int simple_runs, last_arg;
static void run_simple(void) { simple_runs++; }
static void run_arg(int a) { last_arg = a; }
static struct action actions[2] = {{0, {.simple = run_simple}}, {1, {.with_arg = run_arg}}};
void reset(void) { actions[0].u.raw = 0; }
void fire(int a) { for (int i = 0; i < 2; i++) if (actions[i].kind == 1) actions[i].u.with_arg(a); }
// CHECK:fire:
// CHECK-NEXT:ops_function_pointer_union.c:last_arg
// EXTRA-NEXT:ops_function_pointer_union.c:simple_runs
// CHECK-NEXT:end
// CHECK-NEXT:reset:
// CHECK-NEXT:ops_function_pointer_union.c:actions[].u.raw
// CHECK-NEXT:end
