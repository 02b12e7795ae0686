#include "json_reader.h"
#include <stdint.h>
#include <string.h>

#define DEPTH_LIMIT 64

void json_reader_init(struct json_reader *reader, const char *name, const char *bytes, size_t count) {
    *reader = (struct json_reader){.name = name, .bytes = bytes, .count = count};
}

void json_reader_fail(struct json_reader *reader, const char *what) {
    if (reader->error) {
        return;
    }
    size_t line = 1;
    size_t column = 1;
    for (size_t i = 0; i < reader->at && i < reader->count; i++) {
        column++;
        if (reader->bytes[i] == '\n') {
            line++;
            column = 1;
        }
    }
    reader->error = error_create(ERROR_FORMAT, "%s:%zu:%zu: malformed JSON: %s", reader->name, line, column, what);
}

static char current(const struct json_reader *reader) {
    return reader->at < reader->count ? reader->bytes[reader->at] : '\0';
}

char json_reader_peek(struct json_reader *reader) {
    while (reader->at < reader->count && strchr(" \t\r\n", reader->bytes[reader->at]) && reader->bytes[reader->at]) {
        reader->at++;
    }
    return reader->error ? '\0' : current(reader);
}

static bool expect(struct json_reader *reader, char wanted, const char *what) {
    if (json_reader_peek(reader) != wanted) {
        json_reader_fail(reader, what);
        return false;
    }
    reader->at++;
    return !reader->error;
}

static bool enter(struct json_reader *reader) {
    if (++reader->depth > DEPTH_LIMIT) {
        json_reader_fail(reader, "nested too deeply");
        return false;
    }
    return true;
}

bool json_array_begin(struct json_reader *reader) {
    return expect(reader, '[', "expected an array") && enter(reader);
}

bool json_object_begin(struct json_reader *reader) {
    return expect(reader, '{', "expected an object") && enter(reader);
}

/* Steps to the next element, or over the closing bracket. */
static bool step(struct json_reader *reader, bool *first, char close, const char *what) {
    char next = json_reader_peek(reader);
    if (reader->error) {
        return false;
    }
    if (next == close) {
        reader->at++;
        reader->depth--;
        return false;
    }
    if (!*first) {
        if (next != ',') {
            json_reader_fail(reader, what);
            return false;
        }
        reader->at++;
        if (json_reader_peek(reader) == close) {
            json_reader_fail(reader, "comma before a closing bracket");
            return false;
        }
    }
    *first = false;
    return true;
}

bool json_array_next(struct json_reader *reader, bool *first) {
    return step(reader, first, ']', "expected ',' or ']'");
}

bool json_object_next(struct json_reader *reader, bool *first, struct text *key) {
    text_clear(key);
    return step(reader, first, '}', "expected ',' or '}'") && json_string(reader, key) && expect(reader, ':', "expected ':'");
}

static bool hex4(struct json_reader *reader, uint32_t *out) {
    uint32_t value = 0;
    for (unsigned i = 0; i < 4; i++) {
        char c = current(reader);
        const char *digits = "0123456789abcdef";
        const char *found = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
        if (!found) {
            json_reader_fail(reader, "bad \\u escape");
            return false;
        }
        value = value * 16 + (uint32_t)(found - digits);
        reader->at++;
    }
    *out = value;
    return true;
}

static void append_utf8(struct text *out, uint32_t code) {
    if (code < 0x80) {
        text_append_char(out, (char)code);
    } else if (code < 0x800) {
        text_append_char(out, (char)(0xc0 | (code >> 6)));
        text_append_char(out, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        text_append_char(out, (char)(0xe0 | (code >> 12)));
        text_append_char(out, (char)(0x80 | ((code >> 6) & 0x3f)));
        text_append_char(out, (char)(0x80 | (code & 0x3f)));
    } else {
        text_append_char(out, (char)(0xf0 | (code >> 18)));
        text_append_char(out, (char)(0x80 | ((code >> 12) & 0x3f)));
        text_append_char(out, (char)(0x80 | ((code >> 6) & 0x3f)));
        text_append_char(out, (char)(0x80 | (code & 0x3f)));
    }
}

static bool unicode_escape(struct json_reader *reader, struct text *out) {
    uint32_t code = 0;
    if (!hex4(reader, &code)) {
        return false;
    }
    if (code >= 0xd800 && code < 0xdc00) {
        uint32_t low = 0;
        if (reader->count - reader->at < 2 || memcmp(reader->bytes + reader->at, "\\u", 2) != 0) {
            json_reader_fail(reader, "lone surrogate");
            return false;
        }
        reader->at += 2;
        if (!hex4(reader, &low)) {
            return false;
        }
        if (low < 0xdc00 || low > 0xdfff) {
            json_reader_fail(reader, "lone surrogate");
            return false;
        }
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code == 0 || (code >= 0xdc00 && code < 0xe000)) {
        json_reader_fail(reader, code == 0 ? "NUL in a string" : "lone surrogate");
        return false;
    }
    append_utf8(out, code);
    return true;
}

static bool escape(struct json_reader *reader, struct text *out) {
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    char c = current(reader);
    const char *found = c ? strchr(names, c) : NULL;
    if (found) {
        reader->at++;
        text_append_char(out, values[found - names]);
        return true;
    }
    if (c == 'u') {
        reader->at++;
        return unicode_escape(reader, out);
    }
    json_reader_fail(reader, "unknown escape");
    return false;
}

bool json_string(struct json_reader *reader, struct text *out) {
    if (!expect(reader, '"', "expected a string")) {
        return false;
    }
    while (reader->at < reader->count) {
        unsigned char c = (unsigned char)reader->bytes[reader->at];
        if (c == '"') {
            reader->at++;
            return true;
        }
        if (c < 0x20) {
            json_reader_fail(reader, "control character in a string");
            return false;
        }
        reader->at++;
        if (c == '\\') {
            if (!escape(reader, out)) {
                return false;
            }
        } else {
            text_append_char(out, (char)c);
        }
    }
    json_reader_fail(reader, "string without an end");
    return false;
}

static bool skip_number(struct json_reader *reader) {
    size_t start = reader->at;
    size_t digits = 0;
    if (current(reader) == '-') {
        reader->at++;
    }
    while (current(reader) && strchr("0123456789+-.eE", current(reader))) {
        digits += current(reader) >= '0' && current(reader) <= '9';
        reader->at++;
    }
    if (digits == 0) {
        reader->at = start;
        json_reader_fail(reader, "expected a value");
        return false;
    }
    return true;
}

bool json_skip(struct json_reader *reader) {
    char next = json_reader_peek(reader);
    bool first = true;
    struct text ignored = {0};
    if (next == '"') {
        json_string(reader, &ignored);
    } else if (next == '[') {
        for (bool more = json_array_begin(reader); more && json_array_next(reader, &first);) {
            json_skip(reader);
        }
    } else if (next == '{') {
        for (bool more = json_object_begin(reader); more && json_object_next(reader, &first, &ignored);) {
            json_skip(reader);
        }
    } else {
        static const char *const words[] = {"true", "false", "null"};
        bool found = false;
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !found; i++) {
            size_t length = strlen(words[i]);
            if (reader->count - reader->at >= length && memcmp(reader->bytes + reader->at, words[i], length) == 0) {
                reader->at += length;
                found = true;
            }
        }
        if (!found) {
            skip_number(reader);
        }
    }
    text_deinit(&ignored);
    return !reader->error;
}

struct error *json_reader_finish(struct json_reader *reader) {
    if (json_reader_peek(reader) != '\0' || (!reader->error && reader->at < reader->count)) {
        json_reader_fail(reader, "something after the end");
    }
    struct error *error = reader->error;
    reader->error = NULL;
    return error;
}
