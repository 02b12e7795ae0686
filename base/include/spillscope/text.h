#ifndef SPILLSCOPE_TEXT_H
#define SPILLSCOPE_TEXT_H
/*
 * A growing text buffer. Appending never fails visibly: when memory runs out the buffer turns `failed`, further appends do
 * nothing, and text_take reports it once. A zeroed struct is an empty buffer.
 */
#include "spillscope/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *data;      /* NUL-terminated, or NULL while empty */
    size_t length;   /* bytes without the NUL */
    size_t capacity; /* bytes allocated */
    bool failed;     /* an append ran out of memory */
};

void text_deinit(struct text *text);
void text_clear(struct text *text); /* keeps the memory */
void text_append(struct text *text, const char *string);
void text_append_bytes(struct text *text, const char *bytes, size_t count);
void text_append_char(struct text *text, char character);
void text_append_unsigned(struct text *text, uint64_t number); /* in decimal */
__attribute__((format(printf, 2, 3))) void text_append_format(struct text *text, const char *format, ...);
const char *text_string(const struct text *text);              /* "" while empty; valid until the next append */
struct error *text_take(struct text *text, char **out_string); /* caller frees; the buffer is empty after */

/* Appends a JSON string literal, quotes included; bytes that are not UTF-8 become U+FFFD, control characters \u00XX. */
void text_append_json_string(struct text *text, const char *string);

/* Appends one word of a POSIX shell command, in single quotes. */
void text_append_shell_word(struct text *text, const char *word);

#endif
