// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
enum { NPROTO = 2, NCMD = 3 };
typedef int (*cmd_fn)(int);
static int up, down, reset;
static int do_up(int n) { up = n; return 0; }
static int do_down(int n) { down = n; return 0; }
static int do_reset(int n) { reset = n; return 0; }
static cmd_fn const table[NPROTO][NCMD] = {[0] = {do_up, do_down}, [1] = {[2] = do_reset}};
int dispatch(unsigned proto, unsigned cmd, int n) { return proto < NPROTO && cmd < NCMD && table[proto][cmd] ? table[proto][cmd](n) : -1; }
int bring_up(int n) { return table[0][0](n); }
// CHECK:bring_up:
// EXTRA-NEXT:ops_two_dimensional.c:down
// EXTRA-NEXT:ops_two_dimensional.c:reset
// CHECK-NEXT:ops_two_dimensional.c:up
// CHECK-NEXT:end
// CHECK-NEXT:dispatch:
// CHECK-NEXT:ops_two_dimensional.c:down
// CHECK-NEXT:ops_two_dimensional.c:reset
// CHECK-NEXT:ops_two_dimensional.c:up
// CHECK-NEXT:end
