/* Entry stubs of exceptions (exc_entry_N) and interrupts (irq_entry_N). They save all registers on the stack
 * as struct interrupt_frame and write no other memory. */

        .text
        .macro SAVE_REGISTERS
        .irp register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
        pushq %\register
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset \register, 0
        .endr
        .endm

        .macro RESTORE_REGISTERS
        .irp register, r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax
        popq %\register
        .cfi_adjust_cfa_offset -8
        .cfi_restore \register
        .endr
        .endm

/* Where the registers of the interrupted code are, and its stack pointer as the CFA: the processor aligns rsp before it pushes, so
 * that the distance between the two stacks is not constant. DW_CFA_expression (0x10) and DW_CFA_def_cfa_expression (0x0f) of
 * DW_OP_breg7 (0x77), with offsets as two bytes of SLEB128. */
        .macro CFI_SAVED register, offset
        .cfi_escape 0x10, \register, 3, 0x77, ((\offset) & 0x7f) | 0x80, (\offset) >> 7
        .endm

        .macro CFI_INTERRUPTED
        .cfi_escape 0x0f, 4, 0x77, 0xa0, 0x01, 0x06
        CFI_SAVED 15, 0
        CFI_SAVED 14, 8
        CFI_SAVED 13, 16
        CFI_SAVED 12, 24
        CFI_SAVED 11, 32
        CFI_SAVED 10, 40
        CFI_SAVED 9, 48
        CFI_SAVED 8, 56
        CFI_SAVED 6, 64
        CFI_SAVED 5, 72
        CFI_SAVED 4, 80
        CFI_SAVED 1, 88
        CFI_SAVED 2, 96
        CFI_SAVED 3, 104
        CFI_SAVED 0, 112
        CFI_SAVED 7, 160
        CFI_SAVED 16, 136
        .endm

/* rsp points to vector, error, rip, cs ...: cs is at 24. gs is exchanged only on the way from and to user mode. */
        .macro ENTRY_COMMON name, dispatch
        .globl \name
        .type \name, @function
\name:
        .cfi_startproc simple
        .cfi_signal_frame
        .cfi_def_cfa rsp, 56
        .cfi_offset rip, -40
        .cfi_offset rsp, -16
        testb $3, 24(%rsp)
        jz 1f
        swapgs
1:      SAVE_REGISTERS
        cld
        movq %rsp, %rdi
        .cfi_remember_state
        CFI_INTERRUPTED
        call \dispatch
        .cfi_restore_state
        RESTORE_REGISTERS
        testb $3, 24(%rsp)
        jz 2f
        swapgs
2:      addq $16, %rsp
        .cfi_adjust_cfa_offset -16
        iretq
        .cfi_endproc
        .size \name, . - \name
        .endm

        ENTRY_COMMON exc_entry_common, exception_dispatch
        ENTRY_COMMON irq_entry_common, interrupt_dispatch

        .macro STUB kind, vector
        .globl \kind\()_entry_\vector
        .type \kind\()_entry_\vector, @function
\kind\()_entry_\vector:
        .ifnc \kind, exc
        pushq $0
        .else
        .if (\vector == 8) || (\vector == 10) || (\vector == 11) || (\vector == 12) || (\vector == 13) || (\vector == 14) || (\vector == 17) || (\vector == 21) || (\vector == 29) || (\vector == 30)
        .else
        pushq $0
        .endif
        .endif
        pushq $\vector
        jmp \kind\()_entry_common
        .size \kind\()_entry_\vector, . - \kind\()_entry_\vector
        .pushsection .rodata.interrupt_stubs, "a"
        .quad \kind\()_entry_\vector
        .popsection
        .endm

        .pushsection .rodata.interrupt_stubs, "a"
        .align 8
        .globl interrupt_stubs
interrupt_stubs:
        .popsection

        .irp vector, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        STUB exc, \vector
        .endr
        .irp vector, 32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63
        STUB irq, \vector
        .endr

        .section .note.GNU-stack, "", @progbits
