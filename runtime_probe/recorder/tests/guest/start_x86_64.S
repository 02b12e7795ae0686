/* PVH entry in 32-bit mode; long mode with the first GiB mapped at its own address; ends through isa-debug-exit at port 0xf4. */
        .section .note.pvh, "a", @note
        .align 4
        .long 4, 4, 18
        .asciz "Xen"
        .long start32

        .text
        .code32
        .globl start32
start32:
        cld
        movl $0x20, %eax
        movl %eax, %cr4
        movl $level4, %eax
        movl %eax, %cr3
        movl $0xc0000080, %ecx
        rdmsr
        orl $0x100, %eax
        wrmsr
        movl $0x80000011, %eax
        movl %eax, %cr0
        lgdt gdt_register
        ljmp $8, $start64
        .code64
start64:
        xorl %eax, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movabsq $stack + 8 * 2048, %rsp
        xorl %ebp, %ebp
        call guest_main
        movl $0, %eax
        outl %eax, $0xf4
1:      hlt
        jmp 1b

        .data
        .align 4096
level4: .quad level3 + 3
        .fill 511, 8, 0
level3: .quad level2 + 3
        .fill 511, 8, 0
        .globl level2
level2:
        .set page, 0
        .rept 512
        .quad (page << 21) + 0x83
        .set page, page + 1
        .endr
gdt:    .quad 0
        .quad 0x00af9a000000ffff
gdt_register:
        .word 15
        .long gdt
        .section .note.GNU-stack, "", @progbits
