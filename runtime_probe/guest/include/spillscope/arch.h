#ifndef SPILLSCOPE_ARCH_H
#define SPILLSCOPE_ARCH_H
/* What the probe must know of a processor architecture: one description each, chosen by the ELF's e_machine. */
#include <stdbool.h>
#include <stdint.h>

#define ARCH_ARGUMENTS 8

struct arch {
    const char *name;
    uint16_t machine;      /* e_machine of the ELF header */
    uint32_t pointer_size; /* bytes */
    const char *pc;        /* register names as in the stub's target description */
    const char *sp;
    const char *result;                    /* of a function, integer or pointer */
    const char *arguments[ARCH_ARGUMENTS]; /* integer arguments in registers; NULL-terminated unless full */
    const char *page_root;                 /* physical address of the top page table, NULL = memory only through the stub */
    bool return_on_stack;                  /* the call pushes the return address: [sp] at entry */
    uint32_t break_length;                 /* length field of Z0 */
};

/* NULL when the architecture is not supported. */
const struct arch *arch_by_machine(uint16_t machine);

/*
 * Does the instruction at a function's entry store to the stack slot below sp and do nothing else that a watchpoint
 * there could miss ("push reg" on x86)? Then the entry can be passed by a write watchpoint on that slot, which costs no
 * retranslation. `code` holds the first `count` bytes.
 */
bool arch_entry_pushes(const struct arch *arch, const uint8_t *code, uint32_t count);

/* Bytes of a landing pad (endbr64) in front of the first instruction that works; 0 = none. */
uint32_t arch_landing_pad(const struct arch *arch, const uint8_t *code, uint32_t count);

#endif
