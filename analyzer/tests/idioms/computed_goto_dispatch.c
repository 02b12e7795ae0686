// IDIOM: computed_goto
// RUN: %may_modify %s | %FileCheck
struct vm { long acc; long stack[8]; int sp; int halted; };
static struct vm vm; static int unused;
void run(const unsigned char *code)
{
	static const void *const jump[] = {&&op_push, &&op_add, &&op_halt};
	goto *jump[*code++ % 3];
op_push:
	vm.stack[vm.sp++ & 7] = vm.acc;
	goto *jump[*code++ % 3];
op_add:
	vm.acc += *code;
	goto *jump[*code++ % 3];
op_halt:
	vm.halted = 1;
}
int get(void) { return unused; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:run:
// CHECK-NEXT:computed_goto_dispatch.c:vm.acc
// CHECK-NEXT:computed_goto_dispatch.c:vm.halted
// CHECK-NEXT:computed_goto_dispatch.c:vm.sp
// CHECK-NEXT:computed_goto_dispatch.c:vm.stack[]
// CHECK-NEXT:end
