/* From user mode into the kernel by the syscall instruction, and back by sysret. The only persistent word written here is
 * user_stack of struct cpu. */
#define CPU_KERNEL_STACK 0
#define CPU_USER_STACK 8
#define SELECTOR_USER_DATA 0x23
#define SELECTOR_USER_CODE 0x2b
#define FLAGS_INTERRUPTS 0x202

        .text
        .globl syscall_entry
        .type syscall_entry, @function
syscall_entry:
        .cfi_startproc simple
        .cfi_signal_frame
        .cfi_def_cfa rsp, 0
        .cfi_register rip, rcx
        swapgs
        movq %rsp, %gs:CPU_USER_STACK
        movq %gs:CPU_KERNEL_STACK, %rsp
        pushq %gs:CPU_USER_STACK
        .cfi_adjust_cfa_offset 8
        pushq %r11
        .cfi_adjust_cfa_offset 8
        pushq %rcx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset rip, 0
        pushq %rax                      /* struct request, from its end */
        .cfi_adjust_cfa_offset 8
        pushq %r9
        .cfi_adjust_cfa_offset 8
        pushq %r8
        .cfi_adjust_cfa_offset 8
        pushq %r10
        .cfi_adjust_cfa_offset 8
        pushq %rdx
        .cfi_adjust_cfa_offset 8
        pushq %rsi
        .cfi_adjust_cfa_offset 8
        pushq %rdi
        .cfi_adjust_cfa_offset 8
        movq %rsp, %rdi
        cld
        call syscall_dispatch
        addq $56, %rsp
        .cfi_adjust_cfa_offset -56
        xorl %edi, %edi                 /* nothing of the kernel's stays in registers */
        xorl %esi, %esi
        xorl %edx, %edx
        xorl %r8d, %r8d
        xorl %r9d, %r9d
        xorl %r10d, %r10d
        popq %rcx
        .cfi_adjust_cfa_offset -8
        .cfi_register rip, rcx
        popq %r11
        .cfi_adjust_cfa_offset -8
        popq %rsp
        swapgs
        sysretq
        .cfi_endproc
        .size syscall_entry, . - syscall_entry

/* void user_enter(uint64_t rip, uint64_t rsp, uint64_t first, uint64_t second) */
        .globl user_enter
        .type user_enter, @function
user_enter:
        .cfi_startproc
        cli
        pushq $SELECTOR_USER_DATA
        pushq %rsi
        pushq $FLAGS_INTERRUPTS
        pushq $SELECTOR_USER_CODE
        pushq %rdi
        movq %rdx, %rdi
        movq %rcx, %rsi
        xorl %eax, %eax
        xorl %ebx, %ebx
        xorl %ecx, %ecx
        xorl %edx, %edx
        xorl %ebp, %ebp
        xorl %r8d, %r8d
        xorl %r9d, %r9d
        xorl %r10d, %r10d
        xorl %r11d, %r11d
        xorl %r12d, %r12d
        xorl %r13d, %r13d
        xorl %r14d, %r14d
        xorl %r15d, %r15d
        swapgs
        iretq
        .cfi_endproc
        .size user_enter, . - user_enter

        .section .note.GNU-stack, "", @progbits
