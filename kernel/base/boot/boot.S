/* Entry by the PVH boot protocol: 32-bit protected mode, paging off, ebx = physical address of the start information.
 * Builds nothing: the first page tables and the GDT are laid out below. They map the first 4 GiB twice: at their own
 * addresses (until the kernel's own tables are up), and at the direct map; and the first GiB where the kernel is linked.
 * Further processors start in real mode in a copy of `trampoline` (see processors.c) and take the same way. */

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
        movl $kernel_entry_pointer, %esi
boot_enter_long_mode:                   /* esi: where the address to go on at is */
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
        movl %esi, %esi
        jmpq *(%rsi)

/* Copied to TRAMPOLINE and started there in real mode with cs = TRAMPOLINE >> 4. */
#define TRAMPOLINE 0x8000
        .code16
        .globl trampoline_begin, trampoline_end
trampoline_begin:
        cli
        cld
        movw %cs, %ax
        movw %ax, %ds
        lgdtl trampoline_gdt_register - trampoline_begin
        movl %cr0, %eax
        orl $1, %eax
        movl %eax, %cr0
        ljmpl $16, $boot_processor
trampoline_gdt_register:
        .word 31
        .long boot_gdt
trampoline_end:

        .code32
boot_processor:
        movw $24, %ax
        movw %ax, %ds
        movw %ax, %es
        movw %ax, %ss
        movl $processor_entry_pointer, %esi
        jmp boot_enter_long_mode

        .section .boot.data, "aw"
        .align 4096
boot_pml4:
        .quad boot_pdpt_low + PAGE_PRESENT_WRITE
        .fill 255, 8, 0
        .quad boot_pdpt_low + PAGE_PRESENT_WRITE
        .fill 254, 8, 0
        .quad boot_pdpt_high + PAGE_PRESENT_WRITE
boot_pdpt_low:
        .quad boot_pd + PAGE_PRESENT_WRITE, boot_pd + 0x1000 + PAGE_PRESENT_WRITE
        .quad boot_pd + 0x2000 + PAGE_PRESENT_WRITE, boot_pd + 0x3000 + PAGE_PRESENT_WRITE
        .fill 508, 8, 0
boot_pdpt_high:
        .fill 510, 8, 0
        .quad boot_pd + PAGE_PRESENT_WRITE
        .quad 0
boot_pd:
        .set large_page, 0
        .rept 2048
        .quad (large_page << 21) + PAGE_LARGE + PAGE_PRESENT_WRITE
        .set large_page, large_page + 1
        .endr
boot_gdt:
        .quad 0
        .quad 0x00af9a000000ffff        /* 8: 64-bit code */
        .quad 0x00cf9a000000ffff        /* 16: 32-bit code */
        .quad 0x00cf92000000ffff        /* 24: data */
boot_gdt_register:
        .word 31
        .long boot_gdt
kernel_entry_pointer:
        .quad kernel_entry
processor_entry_pointer:
        .quad processor_entry

/* Where the kernel is linked. A zero where the return address would be ends every backtrace. */
        .text
        .code64
kernel_entry:
        movq $boot_stack_top, %rsp
        xorl %ebp, %ebp
        movl %edi, %edi
        pushq %rbp
        jmp kernel_start

processor_entry:
        movq processor_launch, %rax     /* struct processor_launch: page tables, and the stack that they map */
        movq processor_launch + 8, %rcx
        movq %rax, %cr3
        movq %rcx, %rsp
        xorl %ebp, %ebp
        pushq %rbp
        jmp processor_start

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
