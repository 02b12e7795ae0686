/*
 * Supervisor mode with Sv39: the first 3 GiB at their own addresses, and RAM once more in the upper half, where the kernel is linked to. Ends through
 * the virt machine's test device.
 */
        .section .text.start
        .globl start
start:
        li t0, -1
        srli t0, t0, 10
        csrw pmpaddr0, t0
        li t0, 0x1f
        csrw pmpcfg0, t0
        lla t0, root
        li t1, 0xcf             /* valid, read, write, execute, accessed, dirty */
        li t2, 1 << 28          /* one GiB further */
        sd t1, 0(t0)
        add t1, t1, t2
        sd t1, 8(t0)
        add t1, t1, t2
        sd t1, 16(t0)
        li t3, 258 * 8          /* 0xffffffc080000000 */
        add t3, t3, t0
        sd t1, 0(t3)
        srli t0, t0, 12
        li t1, 8
        slli t1, t1, 60
        or t0, t0, t1
        csrw satp, t0
        sfence.vma
        lla t0, high
        li t1, 0xffffffc000000000
        add t0, t0, t1
        csrw mepc, t0
        li t0, 0x1800
        csrc mstatus, t0
        li t0, 0x800
        csrs mstatus, t0
        mret
high:
        lla sp, stack
        li t0, 8 * 2048
        add sp, sp, t0
        li s0, 0
        call guest_main
        li t0, 0x100000
        li t1, 0x5555
        sw t1, 0(t0)
1:      j 1b

        .bss
        .balign 4096
        .globl root
root:   .skip 4096
        .section .note.GNU-stack, "", @progbits
