/* Starts a tiny guest: PVH entry in 32-bit mode, the first 4 GiB mapped as they are in 2 MiB pages, then 64-bit mode. */
    .section .note.pvh, "a", @note
    .long 4, 4, 18
    .asciz "Xen"
    .long boot32

    .section .bss
    .balign 4096
page_pml4: .skip 4096
page_pdpt: .skip 4096
page_pd:   .skip 4096 * 4
    .globl boot_stack_bottom, boot_stack_top
    .balign 4096
boot_stack_bottom: .skip 16384
boot_stack_top:

    .section .text
    .code32
    .globl boot32
boot32:
    mov $boot_stack_top, %esp
    mov $page_pdpt, %eax
    or $3, %eax
    mov %eax, page_pml4
    mov $page_pd, %eax
    or $3, %eax
    mov $page_pdpt, %edi
    mov $4, %ecx
1:  mov %eax, (%edi)
    add $4096, %eax
    add $8, %edi
    loop 1b
    mov $page_pd, %edi
    mov $0x83, %eax
    mov $2048, %ecx
2:  mov %eax, (%edi)
    add $0x200000, %eax
    add $8, %edi
    loop 2b
    mov %cr4, %eax
    or $0x20, %eax
    mov %eax, %cr4
    mov $page_pml4, %eax
    mov %eax, %cr3
    mov $0xc0000080, %ecx
    rdmsr
    or $0x100, %eax
    wrmsr
    mov %cr0, %eax
    or $0x80000000, %eax
    mov %eax, %cr0
    lgdt gdt_pointer
    ljmp $8, $boot64

    .code64
boot64:
    mov $16, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    xor %ebp, %ebp
    call guest_main
3:  hlt
    jmp 3b

/* void context_switch(uint64_t *save_sp, uint64_t load_sp): the only place that changes stacks. */
    .globl context_switch
context_switch:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, (%rdi)
    mov %rsi, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret

/* First code of a new task: its function waits in r12. */
    .globl task_start
task_start:
    call *%r12
4:  hlt
    jmp 4b

    .globl irq_entry_bell
irq_entry_bell:
    push %rax
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %r8
    push %r9
    push %r10
    push %r11
    cld
    call bell_ring
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %rax
    iretq

    .section .data
    .balign 8
gdt:
    .quad 0, 0x00af9a000000ffff, 0x00cf92000000ffff
gdt_pointer:
    .word 23
    .quad gdt

    .section .note.GNU-stack, "", @progbits
