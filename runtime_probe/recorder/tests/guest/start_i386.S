/* PVH entry in 32-bit mode; all addresses mapped at their own by pages of 4 MiB; ends through isa-debug-exit at port 0xf4. */
        .section .note.pvh, "a", @note
        .align 4
        .long 4, 4, 18
        .asciz "Xen"
        .long start

        .text
        .globl start
start:
        cld
        movl $0x10, %eax
        movl %eax, %cr4
        movl $level2, %eax
        movl %eax, %cr3
        movl %cr0, %eax
        orl $0x80000001, %eax
        movl %eax, %cr0
        jmp 1f
1:      movl $stack + 8 * 2048, %esp
        xorl %ebp, %ebp
        call guest_main
        movl $0, %eax
        outl %eax, $0xf4
2:      hlt
        jmp 2b

        .data
        .align 4096
        .globl level2
level2:
        .set page, 0
        .rept 1024
        .long (page << 22) + 0x83
        .set page, page + 1
        .endr
        .section .note.GNU-stack, "", @progbits
