#include "asm_effect.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "asm_template.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum asm_machine asm_machine_of(const char *triple) {
    static const struct {
        const char *prefix;
        enum asm_machine machine;
    } machines[] = {{"x86_64", ASM_X86}, {"i386", ASM_X86},        {"i486", ASM_X86},      {"i586", ASM_X86},   {"i686", ASM_X86},
                    {"amd64", ASM_X86},  {"aarch64", ASM_AARCH64}, {"arm64", ASM_AARCH64}, {"riscv", ASM_RISCV}};
    for (size_t i = 0; i < COUNT(machines); i++) {
        if (strncmp(triple, machines[i].prefix, strlen(machines[i].prefix)) == 0) {
            return machines[i].machine;
        }
    }
    return ASM_OTHER;
}

bool asm_effect_has(uint64_t bits, size_t operand) {
    return operand >= 64 ? bits != 0 : bits >> operand & 1;
}

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

/* Does the operand live in the register of this x86 constraint letter, itself or by its tie to an output? */
static bool operand_has_letter(const struct facts_instruction *instruction, const struct facts_operand *operand, char letter) {
    uint32_t tied = asm_tied_output(operand);
    if (tied != FACTS_NONE && tied < instruction->operand_count) {
        operand = &instruction->operands[tied];
    }
    return !operand->is_memory && strchr(operand->constraint, letter) != NULL;
}

static uint64_t operands_with_letter(const struct facts_instruction *instruction, char letter) {
    uint64_t found = 0;
    for (size_t i = 0; i < instruction->operand_count && i < 64; i++) {
        if (operand_has_letter(instruction, &instruction->operands[i], letter)) {
            found |= UINT64_C(1) << i;
        }
    }
    return found;
}

/* ---- places that an instruction stores to ---- */

/* An output register that a store goes through was read before: the address came in by its tied inputs. */
static uint64_t with_tied_inputs(const struct facts_instruction *instruction, uint64_t operands) {
    for (size_t i = 0; i < instruction->operand_count && i < 64; i++) {
        uint32_t tied = asm_tied_output(&instruction->operands[i]);
        if (tied != FACTS_NONE && asm_effect_has(operands, tied)) {
            operands |= UINT64_C(1) << i;
        }
    }
    return operands;
}

/* Does the template name the register outside of brackets, so that it may load it? */
static bool names_register(const char *text, const char *register_name) {
    size_t length = 0;
    while (isalnum((unsigned char)register_name[length])) {
        length++;
    }
    int depth = 0;
    for (; *text; text++) {
        depth += *text == '(' ? 1 : *text == ')' && depth ? -1 : 0;
        const char *name = strncmp(text, "%%", 2) == 0 ? text + 2 + (text[2] == 'r' || text[2] == 'e') : NULL;
        if (name && depth == 0 && strncmp(name, register_name, length) == 0 && !isalnum((unsigned char)name[length])) {
            return true;
        }
    }
    return false;
}

/* The registers that an x86 address names by themselves, as operands; all of them where one is no operand's for sure. */
static uint64_t named_registers(struct asm_effect *effect, const struct facts_instruction *instruction, const char *text) {
    static const struct {
        const char *name;
        char letter;
    } registers[] = {{"di", 'D'}, {"si", 'S'}, {"ax", 'a'}, {"bx", 'b'}, {"cx", 'c'}, {"dx", 'd'}};
    uint64_t found = 0;
    const char *bracket = strchr(text, '(');
    for (const char *at = bracket; at && (at = strstr(at, "%%")); at += 2) {
        const char *name = at + 2 + (at[2] == 'r' || at[2] == 'e');
        uint64_t here = UINT64_MAX;
        for (size_t i = 0; i < COUNT(registers); i++) {
            if (strncmp(name, registers[i].name, 2) == 0 && !isalnum((unsigned char)name[2])) {
                here = operands_with_letter(instruction, registers[i].letter);
            }
        }
        bool stack = strncmp(name, "sp", 2) == 0 || strncmp(name, "bp", 2) == 0;
        if (!stack && (here == 0 || here == UINT64_MAX)) { /* loaded by the template itself, or by one before it */
            here = UINT64_MAX;
            effect->deep = true;
            effect->astray |= !names_register(instruction->text, name);
        }
        found |= stack ? 0 : here;
    }
    return found;
}

/* Past "%%gs:". */
static const char *skip_segment(const char *text) {
    const char *colon = strncmp(text, "%%", 2) == 0 ? strchr(text, ':') : NULL;
    return colon ? colon + 1 : text;
}

/* "counter", "counter+8(%%rip)": its name, when the text begins with one. */
static bool copy_name(const char *text, char out_name[static 64]) {
    size_t length = 0;
    while (isalnum((unsigned char)text[length]) || (text[length] && strchr("_.$", text[length]))) {
        length++;
    }
    if (length == 0 || length >= 64 || !(isalpha((unsigned char)*text) || *text == '_')) {
        return false;
    }
    memcpy(out_name, text, length);
    out_name[length] = '\0';
    return true;
}

/* A store to what one operand of an instruction names. */
static void store_to(struct asm_effect *effect, const struct facts_instruction *instruction, const char *text) {
    int operand = asm_text_operand(text);
    const char *place = skip_segment(text);
    uint64_t references = asm_text_references(text);
    char name[64];
    if (operand >= 0) {
        const struct facts_operand *at = (size_t)operand < instruction->operand_count ? &instruction->operands[operand] : NULL;
        bool immediate = at && !at->is_memory && !at->is_output && strpbrk(at->constraint, "insX") && !strchr(at->constraint, 'r');
        effect->written |= UINT64_C(1) << operand; /* a register, too: no memory then */
        effect->through |= immediate ? UINT64_C(1) << operand : 0;
        effect->astray |= immediate && at->value == FACTS_NONE;
        return;
    }
    if (!strchr(text, '[') && copy_name(place, name) && (place != text || asm_text_is_bracket(text) || !strpbrk(text, "%("))) {
        if (effect->name_count < ASM_NAMES) {
            memcpy(effect->names[effect->name_count++], name, sizeof name);
        } else {
            effect->astray = true;
        }
        return;
    }
    if (!asm_text_is_bracket(text)) {
        effect->written |= references; /* "8%0", "8+%0" */
        effect->beyond |= references;
        return;
    }
    uint64_t operands = references;
    if (!operands) {
        operands = strstr(text, "%%") ? named_registers(effect, instruction, text) : strstr(text, "sp") ? 0 : UINT64_MAX;
    }
    effect->astray |= operands && instruction->operand_count == 0;
    operands = with_tied_inputs(instruction, operands);
    effect->through |= operands;
    bool plain = (*place == '(' || *place == '[') && !strchr(place, ',') && !strchr(place, '+');
    effect->beyond |= plain ? 0 : operands;
}

/* ---- x86 ---- */

/* Is it the name, or the name with an AT&T size suffix? A '*' at the end of `name` takes any ending. */
static bool is_mnemonic(const char *mnemonic, const char *name) {
    size_t length = strlen(name);
    if (name[length - 1] == '*') {
        return strncmp(mnemonic, name, length - 1) == 0;
    }
    if (strncmp(mnemonic, name, length) != 0) {
        return false;
    }
    return mnemonic[length] == '\0' || (strchr("bwlq", mnemonic[length]) && mnemonic[length + 1] == '\0');
}

static bool is_one_of(const char *mnemonic, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (is_mnemonic(mnemonic, names[i])) {
            return true;
        }
    }
    return false;
}

/* Their memory operand, if any, is only read, or they touch processor state alone. */
static const char *const x86_reading[] = {
    "cli",     "sti",      "hlt",       "pause",      "nop",      "lfence",   "mfence",  "sfence", "lgdt",    "lidt", "lldt",      "ltr",
    "invlpg",  "invlpga",  "invpcid",   "invept",     "invvpid",  "wrmsr*",   "rdmsr*",  "out",    "outs",    "in",   "cpuid",     "rdtsc*",
    "swapgs",  "wbinvd",   "wbnoinvd",  "invd",       "ud2",      "ud1",      "int3",    "cmp",    "test",    "bt",   "prefetch*", "verw",
    "verr",    "fxrstor*", "xrstor*",   "fldcw",      "fldenv",   "frstor",   "fld*",    "fild*",  "ldmxcsr", "clac", "stac",      "j*",
    "push",    "pushf",    "popf",      "fninit",     "fnclex",   "fnop",     "fwait",   "emms",   "clts",    "lmsw", "ret",       "lret",
    "rdrand",  "rdseed",   "clflush",   "clflushopt", "clwb",     "cldemote", "mul",     "div",    "idiv",    "lods", "scas",      "cmps*",
    "vmptrld", "vmxon",    "monitor*",  "mwait*",     "umonitor", "umwait",   "tpause",  "xsetbv", "xgetbv",  "lsl",  "lar",       "serialize",
    "encls",   "enclu",    "wrfsbase*", "wrgsbase*",  "wrpkru",   "rdpkru",   "ptwrite", "cld",    "std",     "sahf", "lahf",      "leave"};
static const char *const x86_calling[] = {"call",     "lcall",    "syscall", "sysenter", "int",     "iret", "vmcall", "vmmcall",
                                          "vmlaunch", "vmresume", "vmrun",   "sysret",   "sysexit", "ljmp", "tdcall", "seamcall"};

static void x86_statement(struct asm_effect *effect, const struct facts_instruction *instruction, const struct asm_statement *statement) {
    static const char *const strings[] = {"movs", "stos", "ins", "maskmov*"};
    const char *mnemonic = statement->mnemonic;
    size_t count = statement->operand_count;
    if (count && (is_mnemonic(mnemonic, "jmp") || is_mnemonic(mnemonic, "push"))) {
        const char *to = statement->operands[0] + (*statement->operands[0] == '*');
        int operand = asm_text_operand(to);
        bool label = operand >= 0 && strchr(to, 'l') != NULL;
        uint64_t leads = operand >= 0 && !label ? UINT64_C(1) << operand : 0;
        *(*mnemonic == 'j' ? &effect->callees : &effect->pushed) |= leads; /* what is pushed may be returned to */
    }
    if (is_mnemonic(mnemonic, "ret") || is_mnemonic(mnemonic, "iret")) {
        effect->callees |= effect->pushed;
    }
    if (strcmp(mnemonic, "int3") == 0 || is_one_of(mnemonic, x86_reading, COUNT(x86_reading))) {
        return;
    }
    if (is_one_of(mnemonic, x86_calling, COUNT(x86_calling))) {
        const char *callee = count ? statement->operands[0] + (*statement->operands[0] == '*') : "";
        int operand = asm_text_operand(callee);
        effect->callees |= operand >= 0 ? UINT64_C(1) << operand : 0;
        if (operand < 0 && is_mnemonic(mnemonic, "call")) {
            copy_name(callee, effect->called);
        }
        effect->calls = true;
        return;
    }
    if (is_mnemonic(mnemonic, "clzero") || is_mnemonic(mnemonic, "vmsave")) {
        uint64_t to = operands_with_letter(instruction, 'a');
        effect->through |= with_tied_inputs(instruction, to ? to : UINT64_MAX);
        effect->beyond |= effect->through;
        return;
    }
    bool string = is_one_of(mnemonic, strings, COUNT(strings)) && (count == 0 || strstr(statement->operands[count - 1], "di)"));
    if (string) {
        uint64_t to = operands_with_letter(instruction, 'D');
        effect->through |= with_tied_inputs(instruction, to ? to : UINT64_MAX);
        return;
    }
    if (is_mnemonic(mnemonic, "imul") && count == 1) {
        return;
    }
    if (is_mnemonic(mnemonic, "movdir64b") || is_mnemonic(mnemonic, "enqcmd*")) {
        effect->through |= count ? with_tied_inputs(instruction, asm_text_references(statement->operands[count - 1])) : UINT64_MAX;
        return;
    }
    if (count) {
        store_to(effect, instruction, statement->operands[count - 1]); /* AT&T order: the destination is the last operand */
    }
    if (is_mnemonic(mnemonic, "xchg") && count) {
        store_to(effect, instruction, statement->operands[0]);
    }
    if (statement->cut) {
        effect->through = effect->written = UINT64_MAX;
    }
}

/* ---- load and store machines ---- */

static bool starts_with_one_of(const char *mnemonic, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (strncmp(mnemonic, names[i], strlen(names[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Every operand that names memory, from the first one that may: the address of a store. */
static void store_to_memory_operands(struct asm_effect *effect, const struct facts_instruction *instruction, const struct asm_statement *statement) {
    for (size_t i = 0; i < statement->operand_count; i++) {
        int operand = asm_text_operand(statement->operands[i]);
        bool memory = operand >= 0 && (size_t)operand < instruction->operand_count && instruction->operands[operand].is_memory;
        if (memory || asm_text_is_bracket(statement->operands[i])) {
            store_to(effect, instruction, statement->operands[i]);
        }
    }
    if (statement->cut) {
        effect->through = effect->written = UINT64_MAX;
    }
}

/* Code that a jump with or without a return leads to: the last operand's, or by name. */
static void note_callee(struct asm_effect *effect, const struct asm_statement *statement) {
    const char *to = statement->operand_count ? statement->operands[statement->operand_count - 1] : "";
    int operand = asm_text_operand(to);
    if (operand >= 0 && !strchr(to, 'l')) {
        effect->callees |= UINT64_C(1) << operand;
    } else if (operand < 0) {
        copy_name(to, effect->called);
    }
}

static void aarch64_statement(struct asm_effect *effect, const struct facts_instruction *instruction, const struct asm_statement *statement) {
    /* Stores, store-exclusives, atomics that return the old value, memory copies and fills. */
    static const char *const storing[] = {"st",     "cas", "swp",  "ldadd", "ldclr", "ldeor", "ldset", "ldsmax", "ldsmin", "ldumax",
                                          "ldumin", "cpy", "setp", "setm",  "sete",  "setgp", "setgm", "setge",  "rcwcas", "rcwswp"};
    static const char *const calling[] = {"bl", "blr", "svc", "hvc", "smc", "eret"};
    const char *mnemonic = statement->mnemonic;
    for (size_t i = 0; i < COUNT(calling); i++) {
        effect->calls |= strcmp(mnemonic, calling[i]) == 0;
    }
    if (strcmp(mnemonic, "blr") == 0 || strcmp(mnemonic, "br") == 0 || strcmp(mnemonic, "bl") == 0 || strcmp(mnemonic, "b") == 0) {
        note_callee(effect, statement);
    }
    if (strcmp(mnemonic, "dc") == 0 && statement->operand_count > 1) {
        const char *operation = statement->operands[0];
        if (strcmp(operation, "zva") == 0 || strcmp(operation, "gva") == 0 || strcmp(operation, "gzva") == 0) {
            effect->through |= with_tied_inputs(instruction, asm_text_references(statement->operands[1]));
        }
    } else if (starts_with_one_of(mnemonic, storing, COUNT(storing))) {
        store_to_memory_operands(effect, instruction, statement);
    }
}

static void riscv_statement(struct asm_effect *effect, const struct facts_instruction *instruction, const struct asm_statement *statement) {
    static const char *const storing[] = {"sc.",  "amo",   "fsw",   "fsd",  "fsh", "fsq",      "c.sw",     "c.sd", "c.sb",
                                          "c.sh", "c.fsw", "c.fsd", "hsv.", "vse", "vsse",     "vsux",     "vsox", "vsseg",
                                          "vs1r", "vs2r",  "vs4r",  "vs8r", "vsm", "cbo.zero", "ssamoswap"};
    static const char *const stores[] = {"sb", "sh", "sw", "sd", "sq"};
    static const char *const calling[] = {"call", "tail", "jalr", "jal", "ecall", "ebreak", "mret", "sret"};
    const char *mnemonic = statement->mnemonic;
    bool store = starts_with_one_of(mnemonic, storing, COUNT(storing));
    for (size_t i = 0; i < COUNT(stores); i++) {
        store |= strcmp(mnemonic, stores[i]) == 0;
    }
    for (size_t i = 0; i < COUNT(calling); i++) {
        effect->calls |= strcmp(mnemonic, calling[i]) == 0;
    }
    if (strncmp(mnemonic, "jal", 3) == 0 || strcmp(mnemonic, "jr") == 0 || strcmp(mnemonic, "j") == 0 || strcmp(mnemonic, "call") == 0 ||
        strcmp(mnemonic, "tail") == 0) {
        note_callee(effect, statement);
    }
    if (store) {
        store_to_memory_operands(effect, instruction, statement);
    }
}

/* Intel's spelling of an address; "%l[name]" is a label. */
static bool has_square_bracket(const char *text) {
    for (const char *at = strchr(text, '['); at; at = strchr(at + 1, '[')) {
        if (at - text < 2 || strncmp(at - 2, "%l", 2) != 0) {
            return true;
        }
    }
    return false;
}

/* Instructions that are written as numbers may store through any operand, and to any memory operand; tables in other sections are none. */
static void directive(struct asm_effect *effect, const struct facts_instruction *instruction, const struct asm_statement *statement,
                      bool *elsewhere) {
    static const char *const numbers[] = {".byte",  ".word",  ".short", ".long",  ".int",   ".quad",
                                          ".2byte", ".4byte", ".8byte", ".hword", ".inst*", ".insn"};
    const char *name = statement->mnemonic;
    if (strcmp(name, ".pushsection") == 0 || strcmp(name, ".section") == 0) {
        *elsewhere = true;
    } else if (strcmp(name, ".popsection") == 0 || strcmp(name, ".previous") == 0 || strcmp(name, ".text") == 0) {
        *elsewhere = false;
    }
    bool number = false;
    for (size_t i = 0; i < COUNT(numbers) && !number; i++) {
        size_t length = strlen(numbers[i]) - (numbers[i][strlen(numbers[i]) - 1] == '*');
        number = strncmp(name, numbers[i], length) == 0 && (name[length] == '\0' || numbers[i][length] == '*');
    }
    for (size_t i = 0; number && !*elsewhere && i < instruction->operand_count && i < 64; i++) {
        const struct facts_operand *operand = &instruction->operands[i];
        bool fixed = !operand->is_memory && strpbrk(operand->constraint, "insX") && !strchr(operand->constraint, 'r');
        if (!fixed) {
            *(operand->is_memory ? &effect->written : &effect->through) |= UINT64_C(1) << i;
            effect->beyond |= UINT64_C(1) << i;
        }
    }
}

static bool is_string_step(const struct asm_statement *statement) {
    static const char *const steps[] = {"movs", "stos", "lods", "scas", "cmps", "cld", "std"};
    bool jump = *statement->mnemonic == 'j' && strncmp(statement->mnemonic, "jmp", 3) != 0;
    return jump || strncmp(statement->mnemonic, "loop", 4) == 0 || is_one_of(statement->mnemonic, steps, COUNT(steps));
}

bool asm_operand_steps(const struct facts_instruction *instruction, const struct facts_operand *operand) {
    return operand_has_letter(instruction, operand, 'D') || operand_has_letter(instruction, operand, 'S') ||
           operand_has_letter(instruction, operand, 'c');
}

struct asm_effect asm_effect_of(const struct facts_instruction *instruction, enum asm_machine machine) {
    const char *cursor = instruction->text ? instruction->text : "";
    struct asm_effect effect = {0};
    struct asm_statement statement;
    bool elsewhere = false;
    if (strstr(cursor, "intel_syntax") || (machine == ASM_X86 && has_square_bracket(cursor))) {
        machine = ASM_OTHER;
    }
    bool others = machine != ASM_X86;
    size_t plain = 0; /* instructions that are neither string instructions nor jumps */
    while (asm_statement_next(&cursor, &statement)) {
        plain += *statement.mnemonic != '.' && !is_string_step(&statement);
        others |= !is_string_step(&statement);
        effect.strings = !others;
        effect.moves = plain > 1;
        if (*statement.mnemonic == '.') {
            directive(&effect, instruction, &statement, &elsewhere);
            continue;
        }
        for (size_t i = 0; i < statement.operand_count; i++) {
            effect.loaded |=
                asm_text_is_bracket(statement.operands[i]) ? with_tied_inputs(instruction, asm_text_references(statement.operands[i])) : 0;
        }
        switch (machine) {
        case ASM_X86:
            x86_statement(&effect, instruction, &statement);
            break;
        case ASM_AARCH64:
            aarch64_statement(&effect, instruction, &statement);
            break;
        case ASM_RISCV:
            riscv_statement(&effect, instruction, &statement);
            break;
        case ASM_OTHER:
            store_to_memory_operands(&effect, instruction, &statement);
            break;
        }
    }
    effect.loaded |= effect.through;
    /* What calls code must tell the compiler that memory changes; without that the call is one that keeps to its operands. */
    effect.calls = effect.calls && (instruction->flags & FACTS_ASM_MEMORY);
    return effect;
}

bool asm_copies(const struct facts_instruction *instruction, uint32_t *out_to, uint32_t *out_from) {
    uint32_t to = FACTS_NONE;
    uint32_t from = FACTS_NONE;
    const char *text = instruction->text ? instruction->text : "";
    if (!strstr(text, "movs") && !(strstr(text, "lods") && strstr(text, "stos"))) {
        return false;
    }
    for (uint32_t i = 0; i < instruction->operand_count; i++) {
        const struct facts_operand *operand = &instruction->operands[i];
        if (!operand->is_memory && asm_operand_is_read(operand)) {
            to = operand_has_letter(instruction, operand, 'D') ? operand->value : to;
            from = operand_has_letter(instruction, operand, 'S') ? operand->value : from;
        }
    }
    if (to == FACTS_NONE || from == FACTS_NONE) {
        return false;
    }
    *out_to = to;
    *out_from = from;
    return true;
}
