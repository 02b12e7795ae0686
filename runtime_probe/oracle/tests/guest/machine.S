/* Context switch, and one interrupt gate (0x40) to a stub that calls tick. */
        .text
        .globl context_switch
        .type context_switch, @function
context_switch:
        pushq %rbp
        pushq %rbx
        pushq %r12
        pushq %r13
        pushq %r14
        pushq %r15
        movq %rsp, (%rdi)
        movq %rsi, %rsp
        popq %r15
        popq %r14
        popq %r13
        popq %r12
        popq %rbx
        popq %rbp
        ret
        .size context_switch, . - context_switch

        .globl other_start
        .type other_start, @function
other_start:
        call other_work
        ud2
        .size other_start, . - other_start

        .globl irq_entry_64
        .type irq_entry_64, @function
irq_entry_64:
        pushq %rax
        pushq %rcx
        pushq %rdx
        pushq %rsi
        pushq %rdi
        pushq %r8
        pushq %r9
        pushq %r10
        pushq %r11
        cld
        call tick
        popq %r11
        popq %r10
        popq %r9
        popq %r8
        popq %rdi
        popq %rsi
        popq %rdx
        popq %rcx
        popq %rax
        iretq
        .size irq_entry_64, . - irq_entry_64

        .globl interrupts_init
        .type interrupts_init, @function
interrupts_init:
        leaq irq_entry_64(%rip), %rax
        leaq gates(%rip), %rdx
        movw %ax, 0x400(%rdx)
        movw $8, 0x402(%rdx)
        movw $0x8e00, 0x404(%rdx)
        shrq $16, %rax
        movw %ax, 0x406(%rdx)
        shrq $16, %rax
        movl %eax, 0x408(%rdx)
        lidt gates_register(%rip)
        ret
        .size interrupts_init, . - interrupts_init

        .data
        .align 16
gates:  .fill 0x410, 1, 0
gates_register:
        .word 0x40f
        .quad gates
        .section .note.GNU-stack, "", @progbits
