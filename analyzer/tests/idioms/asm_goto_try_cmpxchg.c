// IDIOM: asm_goto
// RUN: %may_modify %s | %FileCheck
struct lockref { unsigned long lock_count; int dead; };
static struct lockref ref;
static int failed;
int try_get(void)
{
	unsigned long old = ref.lock_count, new = old + 1;
	__asm__ goto("lock cmpxchgq %[new], %[ptr]\n\tjnz %l[fail]" : : [ptr] "m"(ref.lock_count), [new] "r"(new), "a"(old) : "memory", "cc" : fail);
	return 1;
fail:
	failed++;
	return 0;
}
int is_dead(void) { return ref.dead; }
// CHECK:is_dead:
// CHECK-NEXT:end
// CHECK-NEXT:try_get:
// CHECK-NEXT:asm_goto_try_cmpxchg.c:failed
// CHECK-NEXT:asm_goto_try_cmpxchg.c:ref.lock_count
// CHECK-NEXT:end
