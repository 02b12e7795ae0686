// IDIOM: asm_launder
// RUN: %may_modify %s | %FileCheck
/* Per-CPU variables through pointers of a named address space. */
static int state, cold; struct cell { int a, b; }; static struct cell cell;
#define RAW(v) (*(volatile __seg_gs __typeof__(v) *)(unsigned long)&(v))
void set(void) { RAW(state) = 1; }
void set_member(void) { RAW(cell.b) += 2; }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:seg_gs_qualified.c:state
// CHECK-NEXT:end
// CHECK-NEXT:set_member:
// CHECK-NEXT:seg_gs_qualified.c:cell.b
// CHECK-NEXT:end
