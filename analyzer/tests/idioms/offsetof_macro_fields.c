// IDIOM: generic_setter
// RUN: %may_modify %s | %FileCheck
/* Fields by constant offsets, as macros write them. */
struct state { int a; long b; int secret; }; static struct state state;
#define OFF_A 0
#define OFF_B __builtin_offsetof(struct state, b)
#define FIELD(type, base, off) (*(type *)((unsigned char *)(base) + (off)))
void set_a(void) { FIELD(int, &state, OFF_A) = 1; }
void set_b(void) { FIELD(long, &state, OFF_B) = 1; }
int get(void) { return state.secret; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:set_a:
// CHECK-NEXT:offsetof_macro_fields.c:state.a
// CHECK-NEXT:end
// CHECK-NEXT:set_b:
// CHECK-NEXT:offsetof_macro_fields.c:state.b
// CHECK-NEXT:end
