#include "spillscope/manifest_reader.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "spillscope/scope.h"
#include "spillscope/text.h"

/* One pass over the text; the setting at hand is flushed when the next key or section shows that it is whole. */
struct reader {
    const char *file;
    manifest_visitor *visit;
    void *context;
    int line;
    struct text section, name, key, value;
    int key_line;
    bool pending; /* a key waits to be visited: its value may go on */
};

static void reader_deinit(struct reader *reader) {
    text_deinit(&reader->section);
    text_deinit(&reader->name);
    text_deinit(&reader->key);
    text_deinit(&reader->value);
}

static void text_set(struct text *text, const char *bytes, size_t count) {
    text_clear(text);
    text_append_bytes(text, bytes, count);
}

/* Cuts blanks at both ends; `*start` moves, the new length is returned. */
static size_t trim(const char **start, size_t length) {
    while (length && isspace((unsigned char)**start)) {
        (*start)++;
        length--;
    }
    while (length && isspace((unsigned char)(*start)[length - 1])) {
        length--;
    }
    return length;
}

/* Length of the line without its comment: '#' or ';' at the start or after a blank. */
static size_t uncommented_length(const char *line, size_t length) {
    for (size_t index = 0; index < length; index++) {
        if ((line[index] == ';' || line[index] == '#') && (index == 0 || isspace((unsigned char)line[index - 1]))) {
            return index;
        }
    }
    return length;
}

static struct error *reader_flush(struct reader *reader) {
    if (!reader->pending) {
        return NULL;
    }
    reader->pending = false;
    if (reader->section.failed || reader->name.failed || reader->key.failed || reader->value.failed) {
        return error_out_of_memory();
    }
    struct manifest_setting setting = {text_string(&reader->section), text_string(&reader->name), text_string(&reader->key),
                                       text_string(&reader->value), reader->key_line};
    return reader->visit(reader->context, &setting);
}

static struct error *reader_section(struct reader *reader, const char *line, size_t length) {
    if (line[length - 1] != ']') {
        return error_create(ERROR_USAGE, "%s:%d: a section lacks its closing ']'", reader->file, reader->line);
    }
    struct error *error = reader_flush(reader);
    const char *inside = line + 1;
    size_t inside_length = trim(&inside, length - 2);
    size_t kind = 0;
    while (kind < inside_length && !isspace((unsigned char)inside[kind])) {
        kind++;
    }
    if (!error && kind == 0) {
        error = error_create(ERROR_USAGE, "%s:%d: a section lacks its kind", reader->file, reader->line);
    }
    const char *name = inside + kind;
    size_t name_length = trim(&name, inside_length - kind);
    text_set(&reader->section, inside, kind);
    text_set(&reader->name, name, name_length);
    text_clear(&reader->key);
    text_clear(&reader->value);
    reader->key_line = reader->line;
    reader->pending = true;
    return error ? error : reader_flush(reader);
}

static struct error *reader_setting(struct reader *reader, const char *line, size_t length) {
    const char *equals = memchr(line, '=', length);
    if (!equals || equals == line) {
        return error_create(ERROR_USAGE, "%s:%d: expected \"key = value\" or \"[section]\", found \"%.*s\"", reader->file, reader->line, (int)length,
                            line);
    }
    struct error *error = reader_flush(reader);
    const char *key = line;
    const char *value = equals + 1;
    size_t key_length = trim(&key, (size_t)(equals - line));
    size_t value_length = trim(&value, length - (size_t)(value - line));
    text_set(&reader->key, key, key_length);
    text_set(&reader->value, value, value_length);
    reader->key_line = reader->line;
    reader->pending = true;
    return error;
}

static struct error *reader_line(struct reader *reader, const char *raw, size_t raw_length) {
    const char *line = raw;
    size_t length = trim(&line, uncommented_length(raw, raw_length));
    if (!length) {
        return NULL;
    }
    if (line[0] == '[' && line == raw) {
        return reader_section(reader, line, length);
    }
    if (line != raw && reader->pending && reader->key.length) {
        text_append_char(&reader->value, ' ');
        text_append_bytes(&reader->value, line, length);
        return NULL;
    }
    return reader_setting(reader, line, length);
}

struct error *manifest_read(const char *text, const char *file, manifest_visitor *visit, void *context) {
    struct reader reader __attribute__((cleanup(reader_deinit))) = {.file = file, .visit = visit, .context = context};
    struct error *error = NULL;
    while (!error && *text) {
        size_t length = strcspn(text, "\n");
        reader.line++;
        error = reader_line(&reader, text, length);
        text += length + (text[length] == '\n');
    }
    return error ? error : reader_flush(&reader);
}
