#include "spillscope/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_deinit(struct text *text) {
    free(text->data);
    *text = (struct text){0};
}

void text_clear(struct text *text) {
    text->length = 0;
    text->failed = false;
    if (text->data) {
        text->data[0] = '\0';
    }
}

/* Makes room for `more` bytes and a NUL; false (and failed) when memory is out. */
static bool text_reserve(struct text *text, size_t more) {
    if (text->failed || more > SIZE_MAX / 4 || text->length > SIZE_MAX / 4) {
        text->failed = true;
        return false;
    }
    size_t need = text->length + more + 1;
    if (need <= text->capacity) {
        return true;
    }
    size_t capacity = text->capacity ? text->capacity : 64;
    while (capacity < need) {
        capacity *= 2;
    }
    char *data = realloc(text->data, capacity);
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void text_append_bytes(struct text *text, const char *bytes, size_t count) {
    if (!text_reserve(text, count)) {
        return;
    }
    if (count) {
        memcpy(text->data + text->length, bytes, count);
    }
    text->length += count;
    text->data[text->length] = '\0';
}

void text_append(struct text *text, const char *string) {
    text_append_bytes(text, string, strlen(string));
}

void text_append_char(struct text *text, char character) {
    text_append_bytes(text, &character, 1);
}

void text_append_unsigned(struct text *text, uint64_t number) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    text_append_bytes(text, digits + at, sizeof digits - at);
}

void text_append_format(struct text *text, const char *format, ...) {
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    /* Most fits into the room that is there. */
    size_t room = text->data && !text->failed ? text->capacity - text->length : 0;
    int length = vsnprintf(room ? text->data + text->length : NULL, room, format, arguments);
    if (length < 0) {
        text->failed = true;
    } else if ((size_t)length < room) {
        text->length += (size_t)length;
    } else if (text_reserve(text, (size_t)length)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    } else if (room) {
        text->data[text->length] = '\0';
    }
    va_end(again);
    va_end(arguments);
}

const char *text_string(const struct text *text) {
    return text->data ? text->data : "";
}

struct error *text_take(struct text *text, char **out_string) {
    text_append(text, "");
    if (text->failed) {
        text_deinit(text);
        return error_out_of_memory();
    }
    *out_string = text->data;
    *text = (struct text){0};
    return NULL;
}

/* Length of the UTF-8 sequence at `bytes` (NUL-terminated), 0 when it is malformed, overlong, a surrogate or out of range. */
static size_t utf8_length(const unsigned char *bytes) {
    static const struct {
        unsigned char mask, lead;
        size_t length;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 1, 0}, {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000}};
    for (size_t form = 0; form < sizeof forms / sizeof forms[0]; form++) {
        if ((bytes[0] & forms[form].mask) != forms[form].lead) {
            continue;
        }
        uint32_t code = bytes[0] & (unsigned char)~forms[form].mask;
        for (size_t index = 1; index < forms[form].length; index++) {
            if ((bytes[index] & 0xc0) != 0x80) {
                return 0;
            }
            code = code << 6 | (bytes[index] & 0x3fu);
        }
        bool bad = code < forms[form].least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff);
        return bad ? 0 : forms[form].length;
    }
    return 0;
}

void text_append_json_string(struct text *text, const char *string) {
    text_append_char(text, '"');
    for (const unsigned char *at = (const unsigned char *)string; *at;) {
        size_t length = utf8_length(at);
        if (!length) {
            text_append(text, "\xef\xbf\xbd");
            length = 1;
        } else if (*at == '"' || *at == '\\') {
            text_append_char(text, '\\');
            text_append_char(text, (char)*at);
        } else if (*at < 0x20 || *at == 0x7f) {
            text_append_format(text, "\\u%04x", *at);
        } else {
            text_append_bytes(text, (const char *)at, length);
        }
        at += length;
    }
    text_append_char(text, '"');
}

void text_append_shell_word(struct text *text, const char *word) {
    text_append_char(text, '\'');
    for (; *word; word++) {
        if (*word == '\'') {
            text_append(text, "'\\''");
        } else {
            text_append_char(text, *word);
        }
    }
    text_append_char(text, '\'');
}
