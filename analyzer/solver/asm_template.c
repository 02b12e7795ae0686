#include "asm_template.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool is_word(const char *text, size_t length, const char *word) {
    return strlen(word) == length && strncmp(text, word, length) == 0;
}

/* Past labels ("1:", "%=:", "name:") and prefixes; notes a rep. */
static char *skip_labels(char *text, bool *repeated) {
    static const char *const prefixes[] = {"lock", "data16", "addr32", "notrack", "xacquire", "xrelease", "ds", "cs", "es", "fs", "gs"};
    static const char *const repeats[] = {"rep", "repe", "repz", "repne", "repnz"};
    for (;;) {
        while (isspace((unsigned char)*text)) {
            text++;
        }
        size_t word = strcspn(text, " \t:,(");
        bool known = text[word] == ':' && word > 0;
        for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
            known |= is_word(text, word, prefixes[i]);
        }
        for (size_t i = 0; i < sizeof repeats / sizeof *repeats; i++) {
            *repeated |= is_word(text, word, repeats[i]);
            known |= is_word(text, word, repeats[i]);
        }
        if (!known) {
            return text;
        }
        text += word + (text[word] == ':');
    }
}

static void split_operands(char *text, struct asm_statement *statement) {
    int depth = 0;
    while (*text) {
        while (isspace((unsigned char)*text)) {
            text++;
        }
        char *end = text;
        for (; *end && (*end != ',' || depth > 0); end++) {
            depth += strchr("([{", *end) ? 1 : strchr(")]}", *end) ? -1 : 0;
        }
        bool last = *end == '\0';
        char *trimmed = end;
        while (trimmed > text && isspace((unsigned char)trimmed[-1])) {
            trimmed--;
        }
        *trimmed = '\0';
        if (statement->operand_count == ASM_OPERANDS_MAX) {
            statement->cut = true;
            return;
        }
        if (*text) {
            statement->operands[statement->operand_count++] = text;
        }
        if (last) {
            return;
        }
        text = end + 1;
    }
}

bool asm_statement_next(const char **cursor, struct asm_statement *out_statement) {
    while (**cursor) {
        size_t length = strcspn(*cursor, "\n;");
        size_t copied = length < sizeof out_statement->text - 1 ? length : sizeof out_statement->text - 1;
        *out_statement = (struct asm_statement){.cut = copied < length};
        memcpy(out_statement->text, *cursor, copied);
        *cursor += length + ((*cursor)[length] != '\0');
        char *comment = strstr(out_statement->text, "//");
        if (comment) {
            *comment = '\0';
        }
        char *start = skip_labels(out_statement->text, &out_statement->repeated);
        if (!isalpha((unsigned char)*start) && *start != '_' && *start != '.') {
            continue; /* comment, macro operand */
        }
        out_statement->mnemonic = start;
        start += strcspn(start, " \t");
        if (*start) {
            *start++ = '\0';
        }
        split_operands(start, out_statement);
        return true;
    }
    return false;
}

bool asm_text_is_bracket(const char *operand) {
    return strchr(operand, '(') || strchr(operand, '[');
}

/* "%[modifier]NUMBER" at `text`: its number and end, else -1. */
static int reference_at(const char *text, const char **out_end) {
    if (*text != '%' || text[1] == '%') {
        return -1;
    }
    text += isalpha((unsigned char)text[1]) ? 2 : 1;
    if (!isdigit((unsigned char)*text)) {
        return -1;
    }
    char *end = NULL;
    unsigned long number = strtoul(text, &end, 10);
    *out_end = end;
    return number < 64 ? (int)number : -1;
}

uint64_t asm_text_references(const char *text) {
    uint64_t found = 0;
    for (; *text; text++) {
        const char *end = text;
        int number = reference_at(text, &end);
        if (number >= 0) {
            found |= UINT64_C(1) << number;
        } else if (text[0] == '%' && text[1] == '%') {
            text++;
        }
    }
    return found;
}

int asm_text_operand(const char *text) {
    if (strncmp(text, "%%", 2) == 0 && strchr(text, ':')) {
        text = strchr(text, ':') + 1; /* segment */
    }
    const char *end = text;
    int number = reference_at(text, &end);
    return number >= 0 && *end == '\0' ? number : -1;
}
