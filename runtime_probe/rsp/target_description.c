#include "target_description.h"

#include <stdlib.h>
#include <string.h>

/* Finds attribute `name` in an element's text; false when absent. */
static bool attribute_find(const char *element, size_t length, const char *name, const char **out_value, size_t *out_length) {
    size_t name_length = strlen(name);
    for (size_t i = 1; i + name_length + 2 < length; i++) {
        bool starts = element[i - 1] == ' ' || element[i - 1] == '\n' || element[i - 1] == '\t' || element[i - 1] == '\r';
        if (!starts || strncmp(element + i, name, name_length) != 0 || element[i + name_length] != '=') {
            continue;
        }
        char quote = element[i + name_length + 1];
        const char *value = element + i + name_length + 2;
        const char *end = memchr(value, quote, length - (size_t)(value - element));
        if ((quote != '"' && quote != '\'') || !end) {
            return false;
        }
        *out_value = value;
        *out_length = (size_t)(end - value);
        return true;
    }
    return false;
}

static bool attribute_number(const char *element, size_t length, const char *name, uint32_t *out_value) {
    const char *value = NULL;
    size_t count = 0;
    uint32_t number = 0;
    if (!attribute_find(element, length, name, &value, &count) || count == 0 || count > 6) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (value[i] < '0' || value[i] > '9') {
            return false;
        }
        number = number * 10 + (uint32_t)(value[i] - '0');
    }
    *out_value = number;
    return true;
}

static struct error *register_add(struct target_description *description, const char *element, size_t length) {
    const char *name = NULL;
    size_t name_length = 0;
    uint32_t bits = 0;
    if (!attribute_find(element, length, "name", &name, &name_length) || !attribute_number(element, length, "bitsize", &bits) || bits % 8 != 0) {
        return error_create(ERROR_TARGET, "target description: <%.*s> has no name or whole-byte bitsize", (int)(length < 60 ? length : 60), element);
    }
    if (description->count == description->capacity) {
        size_t capacity = description->capacity ? description->capacity * 2 : 64;
        struct session_register *grown = realloc(description->registers, capacity * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        description->registers = grown;
        description->capacity = capacity;
    }
    char *copy = strndup(name, name_length);
    if (!copy) {
        return error_out_of_memory();
    }
    uint32_t number = description->next_number;
    attribute_number(element, length, "regnum", &number);
    description->next_number = number + 1;
    description->registers[description->count++] = (struct session_register){.name = copy, .number = number, .size = bits / 8};
    return NULL;
}

struct error *target_description_add(struct target_description *description, const char *xml, size_t length, target_include *include, void *context) {
    struct error *error = NULL;
    size_t at = 0;
    while (!error && at < length) {
        const char *open = memchr(xml + at, '<', length - at);
        if (!open) {
            break;
        }
        size_t start = (size_t)(open - xml);
        bool comment = length - start >= 4 && memcmp(open, "<!--", 4) == 0;
        const char *end = comment ? memmem(open, length - start, "-->", 3) : memchr(open, '>', length - start);
        if (!end) {
            return error_create(ERROR_TARGET, "target description: element at byte %zu does not end", start);
        }
        const char *element = open + 1;
        size_t element_length = (size_t)(end - element);
        if (element_length > 4 && memcmp(element, "reg ", 4) == 0) {
            error = register_add(description, element, element_length);
        } else if (element_length > 11 && memcmp(element, "xi:include ", 11) == 0) {
            const char *name = NULL;
            size_t name_length = 0;
            if (attribute_find(element, element_length, "href", &name, &name_length)) {
                error = include(context, name, name_length);
            }
        }
        at = (size_t)(end - xml) + 1;
    }
    return error;
}

static int register_compare(const void *one, const void *other) {
    const struct session_register *a = one;
    const struct session_register *b = other;
    return a->number < b->number ? -1 : a->number > b->number;
}

void target_description_finish(struct target_description *description) {
    if (description->count == 0) {
        return;
    }
    qsort(description->registers, description->count, sizeof *description->registers, register_compare);
    uint32_t offset = 0;
    for (size_t i = 0; i < description->count; i++) {
        description->registers[i].offset = offset;
        offset += description->registers[i].size;
    }
}

void target_description_deinit(struct target_description *description) {
    for (size_t i = 0; i < description->count; i++) {
        free((char *)description->registers[i].name);
    }
    free(description->registers);
    *description = (struct target_description){0};
}
