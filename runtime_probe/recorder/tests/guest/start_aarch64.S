/* EL1, no translation; ends with PSCI SYSTEM_OFF. */
        .section .text.start
        .globl start
start:
        adrp x0, stack
        add x0, x0, :lo12:stack
        add x0, x0, #4 * 4096
        mov sp, x0
        mov x29, #0
        bl guest_main
        ldr x0, =0x84000008
        hvc #0
1:      b 1b
        .section .note.GNU-stack, "", @progbits
