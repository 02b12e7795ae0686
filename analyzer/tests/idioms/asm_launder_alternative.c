// IDIOM: asm_launder
// RUN: %may_modify %s | %FileCheck
/* ALTERNATIVE-like templates, hidden self-assignment and array_index_nospec. */
#define OPTIMIZER_HIDE_VAR(var) __asm__("" : "=r"(var) : "0"(var))
static inline unsigned long array_index_mask_nospec(unsigned long index, unsigned long size)
{
	unsigned long mask;
	__asm__ volatile("cmp %1,%2; sbb %0,%0;" : "=r"(mask) : "g"(size), "r"(index) : "cc");
	return mask;
}
#define array_index_nospec(i, n) ((typeof(i))((i) & array_index_mask_nospec(i, n)))
struct slot { int used; int refs; };
static struct slot slots[16], hidden;
void use(unsigned long i) { if (i < 16) { i = array_index_nospec(i, 16); slots[i].used = 1; } }
void hide(void) { struct slot *s = &hidden; OPTIMIZER_HIDE_VAR(s); s->refs--; }
// CHECK:hide:
// CHECK-NEXT:asm_launder_alternative.c:hidden.refs
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:asm_launder_alternative.c:slots[].used
// CHECK-NEXT:end
