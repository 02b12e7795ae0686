/* struct task *context_switch(uint64_t *save, uint64_t load, void *note, struct task *left): see cpu.h. The flags belong to a task as well: where one is single-stepped,
 * the next one is not. */
        .text
        .globl context_switch
        .type context_switch, @function
context_switch:
        .cfi_startproc
        pushq %rbp
        .cfi_adjust_cfa_offset 8
        pushq %rbx
        .cfi_adjust_cfa_offset 8
        pushq %r12
        .cfi_adjust_cfa_offset 8
        pushq %r13
        .cfi_adjust_cfa_offset 8
        pushq %r14
        .cfi_adjust_cfa_offset 8
        pushq %r15
        .cfi_adjust_cfa_offset 8
        pushfq
        .cfi_adjust_cfa_offset 8
        pushq %rdx
        .cfi_adjust_cfa_offset 8
        movq %rsp, (%rdi)
        movq %rcx, %rax
        movq %rsi, %rsp
        popq %rdx
        .cfi_adjust_cfa_offset -8
        popfq
        .cfi_adjust_cfa_offset -8
        popq %r15
        .cfi_adjust_cfa_offset -8
        popq %r14
        .cfi_adjust_cfa_offset -8
        popq %r13
        .cfi_adjust_cfa_offset -8
        popq %r12
        .cfi_adjust_cfa_offset -8
        popq %rbx
        .cfi_adjust_cfa_offset -8
        popq %rbp
        .cfi_adjust_cfa_offset -8
        ret
        .cfi_endproc
        .size context_switch, . - context_switch

/* The first return address of a new task's stack: calls task_begin with what context_switch returned, and with an aligned stack. */
        .globl context_begin
        .type context_begin, @function
context_begin:
        .cfi_startproc
        .cfi_undefined rip
        xorl %ebp, %ebp
        movq %rax, %rdi
        call task_begin
        ud2
        .cfi_endproc
        .size context_begin, . - context_begin

        .section .note.GNU-stack, "", @progbits
