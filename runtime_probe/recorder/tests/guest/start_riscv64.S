/* Machine mode, no translation; ends through the virt machine's test device. */
        .section .text.start
        .globl start
start:
        la sp, stack
        li t0, 8 * 2048
        add sp, sp, t0
        li s0, 0
        call guest_main
        li t0, 0x100000
        li t1, 0x5555
        sw t1, 0(t0)
1:      j 1b
        .section .note.GNU-stack, "", @progbits
