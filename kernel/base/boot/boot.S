/* Entry by the PVH boot protocol: 32-bit protected mode, paging off, ebx = physical address of the start information.
 * Builds nothing: the first page tables and the GDT are laid out below. They map the first GiB three times: at its own
 * address (until the kernel's own tables are up), at the direct map, and where the kernel is linked. */

#define PAGE_PRESENT_WRITE 0x3
#define PAGE_LARGE 0x80
#define CR0_PE_MP_NE_WP_PG 0x80010023
#define CR4_PAE 0x20
#define MSR_EFER 0xc0000080
#define EFER_LME_NXE 0x900

        .section .note.pvh, "a", @note
        .align 4
        .long 4, 4, 18                  /* name size, descriptor size, XEN_ELFNOTE_PHYS32_ENTRY */
        .asciz "Xen"
        .long boot_entry

        .section .boot.text, "ax"
        .code32
        .globl boot_entry
boot_entry:
        cld
        cli
        movl %ebx, %edi
        movl $CR4_PAE, %eax
        movl %eax, %cr4
        movl $boot_pml4, %eax
        movl %eax, %cr3
        movl $MSR_EFER, %ecx
        rdmsr
        orl $EFER_LME_NXE, %eax
        wrmsr
        movl $CR0_PE_MP_NE_WP_PG, %eax
        movl %eax, %cr0
        lgdt boot_gdt_register
        ljmp $8, $boot_long_mode

        .code64
boot_long_mode:
        xorl %eax, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl %eax, %fs
        movl %eax, %gs
        movabsq $boot_stack_top, %rsp
        xorl %ebp, %ebp
        movl %edi, %edi
        pushq %rbp                      /* no return address: the end of every backtrace */
        movabsq $kernel_start, %rax
        jmpq *%rax

        .section .boot.data, "aw"
        .align 4096
boot_pml4:
        .quad boot_pdpt_low + PAGE_PRESENT_WRITE
        .fill 255, 8, 0
        .quad boot_pdpt_low + PAGE_PRESENT_WRITE
        .fill 254, 8, 0
        .quad boot_pdpt_high + PAGE_PRESENT_WRITE
boot_pdpt_low:
        .quad boot_pd + PAGE_PRESENT_WRITE
        .fill 511, 8, 0
boot_pdpt_high:
        .fill 510, 8, 0
        .quad boot_pd + PAGE_PRESENT_WRITE
        .quad 0
boot_pd:
        .set large_page, 0
        .rept 512
        .quad (large_page << 21) + PAGE_LARGE + PAGE_PRESENT_WRITE
        .set large_page, large_page + 1
        .endr
boot_gdt:
        .quad 0
        .quad 0x00af9a000000ffff        /* 64-bit code, ring 0 */
boot_gdt_register:
        .word 15
        .long boot_gdt

        .bss
        .align 4096
        .globl boot_stack_bottom, boot_stack_top
boot_stack_bottom:
        .skip 16384
boot_stack_top:

/* Stacks of the double fault and the non-maskable interrupt, one for each CPU (see cpu.c). */
        .globl fault_stacks_bottom, fault_stacks_top
fault_stacks_bottom:
        .skip 8 * 8192
fault_stacks_top:

        .section .note.GNU-stack, "", @progbits
