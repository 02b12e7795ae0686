/* fork, exec and wait as system calls. */
#include <api/process.h>
#include <syscalls/numbers.h>

/* The copy goes on at the label, on a copy of this stack: what the compiler keeps in registers lies on it. Gives 1 in the copy. */
int64_t fork_trap(uint32_t *handle, uint64_t number);
__asm__(".pushsection .text\n"
        "        .globl fork_trap\n"
        "        .type fork_trap, @function\n"
        "fork_trap:\n"
        "        pushq %rbx\n"
        "        pushq %rbp\n"
        "        pushq %r12\n"
        "        pushq %r13\n"
        "        pushq %r14\n"
        "        pushq %r15\n"
        "        movq %rsi, %rax\n"
        "        leaq 1f(%rip), %rsi\n"
        "        movq %rsp, %rdx\n"
        "        syscall\n"
        "        jmp 2f\n"
        "1:      movl $1, %eax\n"
        "2:      popq %r15\n"
        "        popq %r14\n"
        "        popq %r13\n"
        "        popq %r12\n"
        "        popq %rbp\n"
        "        popq %rbx\n"
        "        ret\n"
        "        .size fork_trap, . - fork_trap\n"
        "        .popsection\n");

static inline status_t trap2(enum system_call_number number, uint64_t a, uint64_t b) {
    uint64_t result = number;
    __asm__ volatile("syscall" : "+a"(result), "+D"(a), "+S"(b) : : "rcx", "rdx", "r8", "r9", "r10", "r11", "memory");
    return (status_t)result;
}

status_t process_fork(struct child *child, uint32_t *copy) {
    int64_t result = fork_trap(&child->handle, SYSTEM_PROCESS_FORK);
    if (result < 0) {
        return (status_t)result;
    }
    *copy = (uint32_t)result;
    return STATUS_OK;
}

status_t process_execute(client_main *main, struct client_start *start) {
    return trap2(SYSTEM_PROCESS_EXECUTE, (uint64_t)main, (uint64_t)start);
}

status_t process_wait(int32_t *result) {
    return trap2(SYSTEM_PROCESS_WAIT, (uint64_t)result, 0);
}
