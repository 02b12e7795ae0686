/* Signals as system calls, and the way through a handler. */
#include <api/signal.h>
#include <syscalls/numbers.h>

/* Where the kernel sends a process that has a signal to handle: handler and signal lie on the stack, and above them where to go on. */
void signal_trampoline(void);
__asm__(".pushsection .text\n"
        "        .globl signal_trampoline\n"
        "        .type signal_trampoline, @function\n"
        "signal_trampoline:\n"
        "        movq 8(%rsp), %rdi\n"
        "        call *(%rsp)\n"
        "        movq %rsp, %rdi\n"
        "        call signal_finish\n"
        "        ud2\n"
        "        .size signal_trampoline, . - signal_trampoline\n"
        "        .popsection\n");

static inline status_t trap3(enum system_call_number number, uint64_t a, uint64_t b, uint64_t c) {
    uint64_t result = number;
    __asm__ volatile("syscall" : "+a"(result), "+D"(a), "+S"(b), "+d"(c) : : "rcx", "r8", "r9", "r10", "r11", "memory");
    return (status_t)result;
}

void signal_finish(const void *frame);
void signal_finish(const void *frame) {
    (void)trap3(SYSTEM_SIGNAL_RETURN, (uint64_t)frame, 0, 0);
}

status_t signal_handle(uint32_t signal, signal_handler *handler) {
    return trap3(SYSTEM_SIGNAL_HANDLE, signal, (uint64_t)handler, (uint64_t)signal_trampoline);
}

status_t signal_send(struct child *child, uint32_t signal) {
    return trap3(SYSTEM_SIGNAL_SEND, child->handle, signal, 0);
}
