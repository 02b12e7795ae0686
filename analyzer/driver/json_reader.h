#ifndef JSON_READER_H
#define JSON_READER_H
/*
 * A strict pull reader of JSON text (RFC 8259, UTF-8). The first error sticks; later calls do nothing and return false, so that callers check
 * `error` once at the end. Errors name line and column.
 */
#include <stdbool.h>
#include <stddef.h>
#include "spillscope/error.h"
#include "spillscope/text.h"

struct json_reader {
    const char *name;  /* for messages, borrowed */
    const char *bytes; /* borrowed */
    size_t count;
    size_t at;
    unsigned depth;
    struct error *error; /* owned; the caller takes it over with json_reader_finish */
};

void json_reader_init(struct json_reader *reader, const char *name, const char *bytes, size_t count);
/* Nothing but blanks may follow. Gives the first error, or NULL. */
struct error *json_reader_finish(struct json_reader *reader);
/* Fails at the place where the reader stands. */
void json_reader_fail(struct json_reader *reader, const char *what);

/* The first byte of the next value, '\0' at the end. */
char json_reader_peek(struct json_reader *reader);
/*
 * Arrays and objects: *_begin, then *_next before each element until it gives false.
 *     if (json_array_begin(r)) for (bool first = true; json_array_next(r, &first);) { ... one value ... }
 */
bool json_array_begin(struct json_reader *reader);
bool json_array_next(struct json_reader *reader, bool *first);
bool json_object_begin(struct json_reader *reader);
/* Puts the member's name into `key` (cleared first). */
bool json_object_next(struct json_reader *reader, bool *first, struct text *key);
/* Appends the string's content. A NUL escape is an error: nothing that reads it could hold it. */
bool json_string(struct json_reader *reader, struct text *out);
/* Any value. */
bool json_skip(struct json_reader *reader);

#endif
