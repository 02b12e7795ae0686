#include "facts_cursor.h"
#include <string.h>

unsigned facts_cursor_byte(struct facts_cursor *cursor) {
    if (cursor->failure || cursor->at >= cursor->count) {
        facts_cursor_fail(cursor, "unexpected end");
        return 0;
    }
    return cursor->bytes[cursor->at++];
}

uint64_t facts_cursor_word(struct facts_cursor *cursor) {
    uint64_t word = 0;
    for (unsigned i = 0; i < 8; i++) {
        word |= (uint64_t)facts_cursor_byte(cursor) << (8 * i);
    }
    return word;
}

uint64_t facts_cursor_number(struct facts_cursor *cursor) {
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        unsigned byte = facts_cursor_byte(cursor);
        number |= (uint64_t)(byte & 0x7fU) << shift;
        if (!(byte & 0x80U)) {
            if (shift == 63 && byte > 1) {
                break;
            }
            return number;
        }
    }
    facts_cursor_fail(cursor, "number too large");
    return 0;
}

int64_t facts_cursor_signed(struct facts_cursor *cursor) {
    uint64_t number = facts_cursor_number(cursor);
    return (int64_t)((number >> 1) ^ (0 - (number & 1)));
}

uint32_t facts_cursor_number32(struct facts_cursor *cursor) {
    uint64_t number = facts_cursor_number(cursor);
    if (number > UINT32_MAX) {
        facts_cursor_fail(cursor, "number too large");
        return 0;
    }
    return (uint32_t)number;
}

uint32_t facts_cursor_index(struct facts_cursor *cursor, size_t limit) {
    uint64_t number = facts_cursor_number(cursor);
    if (number >= limit || number >= FACTS_NONE) {
        facts_cursor_fail(cursor, "index out of range");
        return 0;
    }
    return (uint32_t)number;
}

uint32_t facts_cursor_optional(struct facts_cursor *cursor, size_t limit) {
    uint64_t number = facts_cursor_number(cursor);
    if (number == 0) {
        return FACTS_NONE;
    }
    if (number > limit || number > FACTS_NONE) {
        facts_cursor_fail(cursor, "index out of range");
        return FACTS_NONE;
    }
    return (uint32_t)(number - 1);
}

size_t facts_cursor_count(struct facts_cursor *cursor) {
    uint64_t number = facts_cursor_number(cursor);
    if (number > cursor->count - cursor->at || number >= FACTS_NONE) {
        facts_cursor_fail(cursor, "count larger than the file");
        return 0;
    }
    return (size_t)number;
}

const char *facts_cursor_text(struct facts_cursor *cursor) {
    size_t length = facts_cursor_count(cursor);
    char *text = facts_cursor_take(cursor, length + 1, 1);
    if (cursor->failure) {
        return "";
    }
    memcpy(text, cursor->bytes + cursor->at, length);
    if (memchr(text, '\0', length)) {
        facts_cursor_fail(cursor, "NUL in a text");
    }
    cursor->at += length;
    return text;
}

const char *facts_cursor_string(struct facts_cursor *cursor) {
    uint32_t index = facts_cursor_index(cursor, cursor->string_count);
    return cursor->failure ? "" : cursor->strings[index];
}

void *facts_cursor_take(struct facts_cursor *cursor, size_t count, size_t size) {
    if (cursor->failure) {
        return NULL;
    }
    void *result = facts_memory_take(cursor->memory, count, size);
    if (!result) {
        facts_cursor_fail(cursor, "");
    }
    return result;
}
