// IDIOM: asm_outputs
// RUN: %may_modify %s | %FileCheck
/* Hypercall style: values in named registers, results back in the same ones. */
struct shared { long result; long seen; };
static struct shared shared;
static struct shared quiet;
long hypercall(long op, long arg)
{
	register long r10 __asm__("r10") = arg;
	register long r8 __asm__("r8") = 0;
	long ret;
	__asm__ volatile("hypercall_page" : "=a"(ret), "+r"(r10), "+r"(r8) : "0"(op) : "rcx", "r11");
	shared.result = ret;
	shared.seen = r10;
	return ret + r8;
}
struct shared *silent(void) { return &quiet; }
// CHECK:hypercall:
// CHECK-NEXT:asm_outputs_register_variable.c:shared.result
// CHECK-NEXT:asm_outputs_register_variable.c:shared.seen
// CHECK-NEXT:end
// CHECK-NEXT:silent:
// CHECK-NEXT:end
