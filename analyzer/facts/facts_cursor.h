#ifndef FACTS_CURSOR_H
#define FACTS_CURSOR_H
/*
 * The bounds-checked cursor through which facts are read. The first failure sticks: later reads give 0 and do nothing, so a reader checks
 * once per loop. `offset` in messages counts from the start of the file.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "facts_memory.h"

struct facts_cursor {
    const unsigned char *bytes; /* the payload, borrowed */
    size_t count;
    size_t at;
    const char *failure; /* static text of the first failure, NULL = none; "" = out of memory */
    size_t failure_at;
    struct facts_memory *memory;
    const char **strings; /* the string table, once read */
    size_t string_count;
};

static inline void facts_cursor_fail(struct facts_cursor *cursor, const char *failure) {
    if (!cursor->failure) {
        cursor->failure = failure;
        cursor->failure_at = cursor->at;
    }
}

unsigned facts_cursor_byte(struct facts_cursor *cursor);
uint64_t facts_cursor_word(struct facts_cursor *cursor);
uint64_t facts_cursor_number(struct facts_cursor *cursor);
int64_t facts_cursor_signed(struct facts_cursor *cursor);
uint32_t facts_cursor_number32(struct facts_cursor *cursor);
/* A number below `limit`. */
uint32_t facts_cursor_index(struct facts_cursor *cursor, size_t limit);
/* The same, or FACTS_NONE. */
uint32_t facts_cursor_optional(struct facts_cursor *cursor, size_t limit);
/* A count of things that take at least one byte each: never more than what is left. */
size_t facts_cursor_count(struct facts_cursor *cursor);
/* A new NUL-terminated text; NUL inside is a failure. */
const char *facts_cursor_text(struct facts_cursor *cursor);
/* A string of the table. */
const char *facts_cursor_string(struct facts_cursor *cursor);
/* Zeroed array in the unit's memory; NULL and a failure when memory is short. */
void *facts_cursor_take(struct facts_cursor *cursor, size_t count, size_t size);

#endif
