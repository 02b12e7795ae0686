#ifndef SOLVER_ASM_EFFECT_H
#define SOLVER_ASM_EFFECT_H
/* What an inline assembly statement may do to memory and values, from its operands, clobbers and, where that tells more, its template. */
#include <stdbool.h>
#include "spillscope/facts.h"

enum asm_reach {
    ASM_OPERANDS,  /* touches its declared operands only (barriers, locked instructions, privileged registers) */
    ASM_REGISTERS, /* may write what its register operands point to, one level deep */
    ASM_CALLS      /* calls code: may do what that code does */
};

/* How far the template and the clobbers let it reach. */
enum asm_reach asm_reach(const struct facts_instruction *instruction);

/* May the assembly write through this register operand? String instructions write through the one in rdi only. */
bool asm_may_write_through(const struct facts_instruction *instruction, const struct facts_operand *operand);

/* Does it copy memory (rep movs)? Gives the values of the two addresses. */
bool asm_copies(const struct facts_instruction *instruction, uint32_t *out_to, uint32_t *out_from);

/* Index of the output that an input is tied to ("0", "[name]" is not followed), FACTS_NONE when it is tied to none. */
uint32_t asm_tied_output(const struct facts_operand *operand);

/* Is a register operand in truth the address of what is read ("p": per-CPU reads with a segment prefix)? */
bool asm_operand_is_address(const struct facts_operand *operand);

/* Is the operand's value read (inputs and "+")? */
bool asm_operand_is_read(const struct facts_operand *operand);

#endif
