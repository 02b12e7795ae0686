#include "asm_effect.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool asm_operand_is_read(const struct facts_operand *operand) {
    return !operand->is_output || strchr(operand->constraint, '+') != NULL;
}

bool asm_operand_is_address(const struct facts_operand *operand) {
    return !operand->is_memory && !operand->is_output && strcmp(operand->constraint, "p") == 0;
}

uint32_t asm_tied_output(const struct facts_operand *operand) {
    if (operand->is_output || !isdigit((unsigned char)operand->constraint[0])) {
        return FACTS_NONE;
    }
    return (uint32_t)strtoul(operand->constraint, NULL, 10);
}

/* Instructions whose memory operand, if any, is only read, or that touch processor state alone. Compared by prefix, so that size suffixes fit. */
static const char *const reading[] = {"cli",    "sti",     "hlt",     "pause", "nop",     "lfence", "mfence", "sfence", "lgdt", "lidt", "lldt",
                                      "ltr",    "invlpg",  "invpcid", "wrmsr", "rdmsr",   "out",    "inb",    "inw",    "inl",  "in ",  "cpuid",
                                      "rdtsc",  "swapgs",  "wbinvd",  "ud2",   "int3",    "cmp",    "test",   "bt ",    "btl",  "btq",  "prefetch",
                                      "verw",   "fxrstor", "xrstor",  "fldcw", "ldmxcsr", "clac",   "stac",   "jmp",    "j",    "push", "pop",
                                      "fninit", "clts",    "lmsw",    "ljmp",  "lret",    "ret",    "rdrand", "rdseed"};
static const char *const stringy[] = {"stos",   "movsb", "movsw",   "movsl ", "movsq", "ins",       "xsave",     "fxsave",
                                      "fnsave", "fnst",  "stmxcsr", "sgdt",   "sidt",  "cmpxchg8b", "cmpxchg16b"};
static const char *const calling[] = {"call", "syscall", "sysenter", "int ", "iret", "vmcall", "vmmcall"};

static bool has_prefix(const char *text, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (strncmp(text, list[i], strlen(list[i])) == 0) {
            return true;
        }
    }
    return false;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* One instruction of the template, without labels and prefixes. */
static enum asm_reach statement_reach(const char *text) {
    if (!*text || *text == '.' || *text == '#' || *text == '%' || *text == '\\') {
        return ASM_OPERANDS; /* directive, comment, macro operand */
    }
    if (has_prefix(text, calling, COUNT(calling))) {
        return ASM_CALLS;
    }
    if (has_prefix(text, stringy, COUNT(stringy))) {
        return ASM_REGISTERS;
    }
    if (has_prefix(text, reading, COUNT(reading))) {
        return ASM_OPERANDS;
    }
    /* AT&T order: the destination is the last operand; a bracket in it is memory through a register that is no memory operand. */
    const char *last = text;
    int depth = 0;
    for (const char *next = text; *next; next++) {
        depth += *next == '(' ? 1 : *next == ')' ? -1 : 0;
        if (*next == ',' && depth == 0) {
            last = next + 1;
        }
    }
    return strchr(last, '(') || strchr(last, '[') ? ASM_REGISTERS : ASM_OPERANDS;
}

enum asm_reach asm_reach(const struct facts_instruction *instruction) {
    const char *text = instruction->text ? instruction->text : "";
    enum asm_reach reach = ASM_OPERANDS;
    while (*text) {
        char statement[256];
        size_t length = strcspn(text, "\n;");
        size_t copied = length < sizeof statement - 1 ? length : sizeof statement - 1;
        memcpy(statement, text, copied);
        statement[copied] = '\0';
        text += length + (text[length] != '\0');
        const char *start = statement;
        for (;;) {
            while (isspace((unsigned char)*start)) {
                start++;
            }
            size_t word = strcspn(start, " \t:");
            if (start[word] == ':') {
                start += word + 1; /* label */
                continue;
            }
            if (strncmp(start, "lock", 4) == 0 && (start[4] == ' ' || start[4] == '\t')) {
                start += 4;
                continue;
            }
            if (strncmp(start, "rep", 3) == 0 && strchr(" \tenz", start[3]) && start[word] && word <= 5) {
                start += word;
                continue;
            }
            break;
        }
        enum asm_reach here = statement_reach(start);
        reach = here > reach ? here : reach;
    }
    return reach;
}

bool asm_may_write_through(const struct facts_instruction *instruction, const struct facts_operand *operand) {
    const char *text = instruction->text ? instruction->text : "";
    bool string_only = strstr(text, "movs") != NULL || strstr(text, "stos") != NULL;
    for (uint32_t i = 0; string_only && i < instruction->operand_count; i++) {
        const struct facts_operand *other = &instruction->operands[i];
        if (!other->is_memory && strchr(other->constraint, 'D')) {
            return strchr(operand->constraint, 'D') != NULL || strchr(text, '(') != NULL;
        }
    }
    return true;
}

bool asm_copies(const struct facts_instruction *instruction, uint32_t *out_to, uint32_t *out_from) {
    uint32_t to = FACTS_NONE;
    uint32_t from = FACTS_NONE;
    if (!instruction->text || !strstr(instruction->text, "movs")) {
        return false;
    }
    for (uint32_t i = 0; i < instruction->operand_count; i++) {
        const struct facts_operand *operand = &instruction->operands[i];
        if (!operand->is_memory && asm_operand_is_read(operand)) {
            to = strchr(operand->constraint, 'D') ? operand->value : to;
            from = strchr(operand->constraint, 'S') ? operand->value : from;
        }
    }
    if (to == FACTS_NONE || from == FACTS_NONE) {
        return false;
    }
    *out_to = to;
    *out_from = from;
    return true;
}
