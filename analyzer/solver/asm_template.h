#ifndef SOLVER_ASM_TEMPLATE_H
#define SOLVER_ASM_TEMPLATE_H
/*
 * The text of an assembly statement taken apart: statements, mnemonics, operands. Knows the shapes that the assemblers of all machines
 * share; what an instruction means is asm_effect.c's business.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASM_OPERANDS_MAX 8

/* One instruction or directive of a template. Labels, comments and prefixes (lock, rep) are not among them. */
struct asm_statement {
    char text[512];                         /* longer ones are cut */
    const char *mnemonic;                   /* in text */
    const char *operands[ASM_OPERANDS_MAX]; /* in text, trimmed; commas within brackets do not part them */
    size_t operand_count;
    bool repeated; /* had a rep prefix */
    bool cut;      /* was longer than `text`, or had more operands */
};

/* The next instruction from *cursor on, which moves behind it; false at the end. */
bool asm_statement_next(const char **cursor, struct asm_statement *out_statement);

/* Does the operand name memory through brackets ("8(%1)", "[%0, #16]")? */
bool asm_text_is_bracket(const char *operand);

/* Numbers of the operands that a text refers to ("%0", "%w1", "%[name]" is replaced by numbers before), one bit each. */
uint64_t asm_text_references(const char *text);

/* Number of the operand that the text is as a whole, modifiers and a segment prefix aside; -1 when it is something else. */
int asm_text_operand(const char *text);

#endif
