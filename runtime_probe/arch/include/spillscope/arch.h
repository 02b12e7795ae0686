#ifndef SPILLSCOPE_ARCH_H
#define SPILLSCOPE_ARCH_H
/*
 * What the run-time side must know of a processor architecture, as data: one description each, chosen by the ELF's e_machine. Probe and judge share
 * it as they share the ELF: it says what the hardware and its calling convention are, and decides nothing.
 */
#include <stdbool.h>
#include <stdint.h>

#define ARCH_ARGUMENTS 8
#define ARCH_NO_REGISTER (-1)

/* A register as a stub's target description names it, and its number in the order of QEMU's core registers (GDB's). */
struct arch_register {
    const char *name; /* NULL = there is none */
    int number;
};

/* The registers of an architecture as one QEMU program shows them: a 32-bit kernel also runs on a machine that counts 64-bit registers. */
struct arch_registers {
    const char *target; /* of the program: qemu-system-TARGET */
    const char *reader; /* QEMU's function that reads one */
    struct arch_register pc;
    struct arch_register sp;
    struct arch_register frame;                     /* frame pointer */
    struct arch_register result;                    /* of a function, integer or pointer */
    struct arch_register result_high;               /* the upper half of one that is twice as wide as a register; none = registers are wide enough */
    struct arch_register link;                      /* holds the return address at a function's entry; none = the stack does */
    struct arch_register arguments[ARCH_ARGUMENTS]; /* integer arguments; ended by one without a name unless full */
    struct arch_register page_root;                 /* physical address of the top page table; none = not among the core registers */
    struct arch_register control;                   /* x86: CR0, and CR4 */
    struct arch_register control_more;
    const char
        *translation[2];       /* where the root is not among the core registers: what tells whether there is any translation, as stubs call it ... */
    uint64_t translation_mask; /* ... by these bits */
};

/* What lies where the stack pointer points when an interrupt's handler begins: offsets in bytes. */
struct arch_interrupt {
    uint32_t pc;
    uint32_t code; /* code segment, of which the two lowest bits are the privilege of what was interrupted */
    uint32_t flags;
    uint32_t sp;       /* the interrupted stack pointer ... */
    bool sp_when_user; /* ... which is there only where the privilege changed; otherwise it is this offset itself */
};

struct arch {
    const char *name;
    uint16_t machine;      /* e_machine of the ELF header */
    uint32_t pointer_size; /* bytes; little-endian */
    const struct arch_registers *registers;
    uint32_t registers_count;
    bool arguments_on_stack;                /* above the return address, one word each */
    bool records_by_reference;              /* records of more than two words are passed by their address, not by value in memory */
    const struct arch_interrupt *interrupt; /* NULL = handlers begin with registers that are not among the core ones: interrupts are not followed */
    int caller_offset;                      /* from the frame pointer to the caller's return address, bytes */
    int outer_offset;                       /* from the frame pointer to the caller's frame pointer */
    uint32_t break_length;                  /* length field of Z0 */
    uint64_t ram_base;                      /* physical address of RAM in QEMU's machines (pc, q35, virt) */
    uint64_t hole_low;                      /* physical addresses below which RAM is hidden by devices; low == high: none */
    uint64_t hole_high;
};

/* NULL when the architecture is not supported. */
const struct arch *arch_by_machine(uint16_t machine, uint32_t pointer_size);
/* The registers of the architecture in a QEMU program; NULL when it does not run there. */
const struct arch_registers *arch_registers_of(const struct arch *arch, const char *target);
/* "x86_64, i386, ...", for messages. */
const char *arch_names(void);

/* Page tables as the registers of a moment say. */
enum arch_paging {
    ARCH_PAGING_OFF,    /* virtual addresses are physical */
    ARCH_PAGING_LEVELS, /* x86_64: 4 or 5 levels */
    ARCH_PAGING_32,     /* i386: 2 levels of 4-byte entries */
    ARCH_PAGING_PAE,    /* i386: 3 levels of 8-byte entries */
    ARCH_PAGING_UNKNOWN /* whether there are any is not among the core registers */
};
enum arch_paging arch_paging(const struct arch *arch, uint64_t control, uint64_t control_more, uint32_t *out_levels);

/* One level of a page-table walk. */
struct arch_page_level {
    uint32_t shift;       /* the index begins at this bit of the address */
    uint32_t bits;        /* and has so many */
    uint32_t entry_bytes; /* bytes of an entry */
    bool large;           /* an entry with bit 7 is a page of 1 << shift bytes */
};
/* `level` counts from 1, the last table. False when the walk has no such level. */
bool arch_page_level(enum arch_paging paging, uint32_t level, struct arch_page_level *out_level);
/* Can the address be used at all? Where tables of `levels` leave bits over, they must repeat the highest one used (Intel SDM volume 1, 3.3.7.1). */
bool arch_is_canonical(enum arch_paging paging, uint32_t levels, uint64_t address);

/*
 * Does the instruction at a function's entry store to the stack slot below sp and do nothing else that a watchpoint
 * there could miss ("push reg" on x86_64)? Then the entry can be passed by a write watchpoint on that slot, which costs no
 * retranslation. `code` holds the first `count` bytes. The same for one that only reads the slot at sp ("pop reg").
 */
bool arch_entry_pushes(const struct arch *arch, const uint8_t *code, uint32_t count);
bool arch_entry_pops(const struct arch *arch, const uint8_t *code, uint32_t count);

#endif
