// IDIOM: function_pointer_layers
// RUN: %may_modify %s | %FileCheck
/* A table of functions that give functions that give functions. */
typedef void (*leaf_t)(int); typedef leaf_t (*middle_t)(void); typedef middle_t (*outer_t)(int);
static int up, down, left, cold;
static void go_up(int n) { up += n; } static void go_down(int n) { down += n; } static void go_left(int n) { left += n; }
static leaf_t pick_up(void) { return go_up; } static leaf_t pick_down(void) { return go_down; } static leaf_t pick_left(void) { return go_left; }
static middle_t vertical(int n) { return n ? pick_up : pick_down; } static middle_t horizontal(int n) { (void)n; return pick_left; }
static const outer_t outers[] = {vertical, horizontal};
void any(int axis, int n) { outers[axis & 1](n)()(n); }
void vertically(int n) { outers[0](n)()(n); }
int get(void) { return cold; }
// CHECK:any:
// CHECK-NEXT:cfg_returns_by_table.c:down
// CHECK-NEXT:cfg_returns_by_table.c:left
// CHECK-NEXT:cfg_returns_by_table.c:up
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:vertically:
// CHECK-NEXT:cfg_returns_by_table.c:down
// EXTRA-NEXT:cfg_returns_by_table.c:left
// CHECK-NEXT:cfg_returns_by_table.c:up
// CHECK-NEXT:end
