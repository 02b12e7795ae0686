#ifndef DWARF_DIE_CURSOR_H
#define DWARF_DIE_CURSOR_H
/*
 * The bounds-checked cursor through which sections of debug information are read: little-endian, as elf_file checked. The first failure sticks:
 * later reads give 0 and stay where they are, so a reader asks once, when it is through.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct die_cursor {
    const unsigned char *at;
    const unsigned char *end;
    bool failed;
};

static inline bool die_cursor_has(struct die_cursor *cursor, uint64_t count) {
    if ((uint64_t)(cursor->end - cursor->at) >= count) {
        return true;
    }
    cursor->failed = true;
    cursor->at = cursor->end;
    return false;
}

static inline void die_cursor_skip(struct die_cursor *cursor, uint64_t count) {
    if (die_cursor_has(cursor, count)) {
        cursor->at += count;
    }
}

/* A number of `width` bytes, at most 8. */
static inline uint64_t die_cursor_fixed(struct die_cursor *cursor, size_t width) {
    uint64_t value = 0;
    if (die_cursor_has(cursor, width)) {
        memcpy(&value, cursor->at, width);
        cursor->at += width;
    }
    return value;
}

static inline uint64_t die_cursor_uleb(struct die_cursor *cursor) {
    uint64_t value = 0;
    for (unsigned shift = 0; die_cursor_has(cursor, 1); shift += 7) {
        unsigned char byte = *cursor->at++;
        value |= shift < 64 ? (uint64_t)(byte & 0x7f) << shift : 0;
        if (!(byte & 0x80)) {
            break;
        }
    }
    return value;
}

static inline int64_t die_cursor_sleb(struct die_cursor *cursor) {
    uint64_t value = 0;
    for (unsigned shift = 0; die_cursor_has(cursor, 1);) {
        unsigned char byte = *cursor->at++;
        value |= shift < 64 ? (uint64_t)(byte & 0x7f) << shift : 0;
        shift += 7;
        if (!(byte & 0x80)) {
            value |= shift < 64 && byte & 0x40 ? UINT64_MAX << shift : 0;
            break;
        }
    }
    return (int64_t)value;
}

/* A string with its end; "" where there is none. */
static inline const char *die_cursor_string(struct die_cursor *cursor) {
    const unsigned char *start = cursor->at;
    const unsigned char *end = memchr(start, 0, (size_t)(cursor->end - start));
    if (!end) {
        cursor->failed = true;
        cursor->at = cursor->end;
        return "";
    }
    cursor->at = end + 1;
    return (const char *)start;
}

#endif
