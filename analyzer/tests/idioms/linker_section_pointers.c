// IDIOM: linker_section
// RUN: %may_modify %s | %FileCheck
/* FreeBSD linker sets: an array of pointers to the descriptions. */
struct sysinit { int order; void (*func)(void *); void *udata; };
#define SYSINIT(name, fn, data) static struct sysinit name##_sys = {1, fn, data}; \
	static void const *const __set_sysinit_##name __attribute__((section("set_sysinit_set"), used)) = &name##_sys
extern const void *__start_set_sysinit_set, *__stop_set_sysinit_set;
struct subsystem { int up; };
static struct subsystem vm, vfs, unused;
static void bring_up(void *arg) { ((struct subsystem *)arg)->up = 1; }
SYSINIT(vm, bring_up, &vm);
SYSINIT(vfs, bring_up, &vfs);
void mi_startup(void)
{
	for (const void **p = &__start_set_sysinit_set; p < &__stop_set_sysinit_set; p++) {
		struct sysinit *s = *(struct sysinit **)p;
		s->func(s->udata);
		s->order = -1;
	}
}
struct subsystem *get(void) { return &unused; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:mi_startup:
// CHECK-NEXT:linker_section_pointers.c:vfs.up
// CHECK-NEXT:linker_section_pointers.c:vfs_sys.order
// CHECK-NEXT:linker_section_pointers.c:vm.up
// CHECK-NEXT:linker_section_pointers.c:vm_sys.order
// CHECK-NEXT:end
