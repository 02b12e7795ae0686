// IDIOM: asm_goto
// RUN: %may_modify %s | %FileCheck
/* Jump labels: the branch is patched, both sides are live. */
struct static_key { int enabled; };
static struct static_key trace_key;
static int traced, fast;
static inline __attribute__((always_inline)) _Bool arch_static_branch(struct static_key *key)
{
	__asm__ goto("1: .byte 0x0f,0x1f,0x44,0x00,0x00\n\t.pushsection __jump_table, \"aw\"\n\t.long 1b - ., %l[l_yes] - .\n\t.quad %c0 - .\n\t.popsection" : : "i"(key) : : l_yes);
	return 0;
l_yes:
	return 1;
}
void event(void) { if (arch_static_branch(&trace_key)) traced++; fast++; }
void enable(void) { trace_key.enabled = 1; }
// CHECK:enable:
// CHECK-NEXT:asm_goto_static_key.c:trace_key.enabled
// CHECK-NEXT:end
// CHECK-NEXT:event:
// CHECK-NEXT:asm_goto_static_key.c:fast
// CHECK-NEXT:asm_goto_static_key.c:traced
// CHECK-NEXT:end
