/* Scopes are left by returning only: this kernel starts no unwinding. The compiler still writes landing pads and tables for
 * it, which refer to these two functions; reaching one is a bug. */
#include <base/machine/machine.h>

void _Unwind_Resume(void *exception) __attribute__((noreturn));
void _Unwind_Resume(void *exception) {
    machine_panic("unwind: a landing pad was entered (%p)", exception);
}

int __gcc_personality_v0(int version, int actions, uint64_t class, void *exception, void *context);
int __gcc_personality_v0(int version, int actions, uint64_t class, void *exception, void *context) {
    (void)version, (void)actions, (void)class, (void)context;
    machine_panic("unwind: a frame was searched (%p)", exception);
}
