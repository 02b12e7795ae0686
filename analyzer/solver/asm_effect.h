#ifndef SOLVER_ASM_EFFECT_H
#define SOLVER_ASM_EFFECT_H
/*
 * What an inline assembly statement may do to memory and values: from its operands, and from the instructions of its template, read as the
 * machine of the unit reads them (x86 in AT&T order, AArch64, RISC-V). On a machine that is not known here, brackets and memory operands
 * are taken to be written.
 */
#include <stdbool.h>
#include "spillscope/facts.h"

enum asm_machine { ASM_X86, ASM_AARCH64, ASM_RISCV, ASM_OTHER };

/* From the target triple of a unit. */
enum asm_machine asm_machine_of(const char *triple);

#define ASM_NAMES 4

struct asm_effect {
    uint64_t through;          /* operands whose value is an address that is stored through; one bit each, beyond 64 all are */
    uint64_t loaded;           /* operands whose value is an address that brackets name, stored through or read */
    uint64_t written;          /* memory operands, inputs among them, that an instruction stores to */
    uint64_t beyond;           /* of through and written: at a displacement or index from the place itself */
    uint64_t callees;          /* operands that lead to code which is called: its address, or memory that holds it */
    uint64_t pushed;           /* operands that are put on the stack */
    bool deep;                 /* stores through a register that the template loads: where an operand leads may lead on */
    bool calls;                /* calls code: may do anything */
    bool astray;               /* stores where no operand leads */
    bool moves;                /* several instructions, string instructions aside: what one loads another may store */
    bool strings;              /* nothing but string instructions and jumps between them: rdi, rsi and rcx stay in what they point into */
    char names[ASM_NAMES][64]; /* variables that it stores to by name ... */
    unsigned name_count;       /* ... beyond ASM_NAMES astray */
    char called[64];           /* a function that it calls by name, "" = none */
};

struct asm_effect asm_effect_of(const struct facts_instruction *instruction, enum asm_machine machine);

/* Is the bit of an operand set? */
bool asm_effect_has(uint64_t bits, size_t operand);

/* Does it copy memory (rep movs, lods with stos)? Gives the values of the two addresses. */
bool asm_copies(const struct facts_instruction *instruction, uint32_t *out_to, uint32_t *out_from);

/* Index of the output that an input is tied to ("0"), FACTS_NONE when it is tied to none. */
uint32_t asm_tied_output(const struct facts_operand *operand);

/* Is a register operand in truth the address of what is read ("p": per-CPU reads with a segment prefix)? */
bool asm_operand_is_address(const struct facts_operand *operand);

/* Is the operand in a register that string instructions step: rdi, rsi, rcx? */
bool asm_operand_steps(const struct facts_instruction *instruction, const struct facts_operand *operand);

/* Is the operand's value read (inputs and "+")? */
bool asm_operand_is_read(const struct facts_operand *operand);

#endif
