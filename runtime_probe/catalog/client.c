#include "spillscope/client.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 64, NEST_MAX = 8 };

static uint64_t percpu_symbol(struct store *store, const struct image *image, const char *key) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error = store_prepare(store, "SELECT value FROM manifest WHERE section = 'percpu' AND key = ? ORDER BY id DESC LIMIT 1", &query);
    if (!error) {
        query_bind_text(query, 1, key);
        error = query_step(query, &row);
    }
    const struct symbol *symbol = !error && row ? image_symbol_by_name(image, query_text(query, 0)) : NULL;
    error_destroy(error); /* the judge's and the analyzer's business: without [percpu] every variable is one */
    return symbol ? symbol->address : 0;
}

void client_percpu_load(struct store *store, const struct image *image, struct client_percpu *out_percpu) {
    *out_percpu = (struct client_percpu){
        .low = percpu_symbol(store, image, "start"), .high = percpu_symbol(store, image, "end"), .offsets = percpu_symbol(store, image, "offsets")};
}

/* ------------------------------------------------------------------------------------------------ parsing */

struct parser {
    const struct image *image;
    const char *text; /* the whole, for messages */
    const char *at;
    struct client_expression *out;
};

static void parser_skip_blanks(struct parser *parser) {
    while (isspace((unsigned char)*parser->at)) {
        parser->at++;
    }
}

static bool parser_name(struct parser *parser, char name[NAME_MAX_BYTES]) {
    size_t length = 0;
    parser_skip_blanks(parser);
    while (isalnum((unsigned char)parser->at[length]) || parser->at[length] == '_') {
        length++;
    }
    if (length == 0 || length >= NAME_MAX_BYTES) {
        return false;
    }
    memcpy(name, parser->at, length);
    name[length] = 0;
    parser->at += length;
    parser_skip_blanks(parser);
    return true;
}

static struct error *parser_error(const struct parser *parser, const char *what) {
    return error_create(ERROR_MISMATCH, "manifest: [transactions] client = %s: %s, before '%s'", parser->text, what, parser->at);
}

static const struct type *parser_type(const struct parser *parser) {
    return &parser->image->types[parser->out->type];
}

static struct error *parser_step(struct parser *parser, enum client_step_kind kind, uint64_t by) {
    struct client_expression *out = parser->out;
    if (out->step_count == CLIENT_STEPS) {
        return parser_error(parser, "too long");
    }
    out->steps[out->step_count++] = (struct client_step){kind, by};
    return NULL;
}

/* A pointer stands for what it points to. */
static struct error *parser_follow(struct parser *parser) {
    if (parser_type(parser)->kind != TYPE_POINTER) {
        return NULL;
    }
    parser->out->type = parser_type(parser)->target;
    return parser_step(parser, CLIENT_FOLLOW, 0);
}

static const struct type_member *member_find(const struct image *image, uint32_t record, const char *name, int depth, uint64_t *out_bits) {
    const struct type *type = &image->types[record];
    for (uint32_t i = 0; depth < NEST_MAX && i < type->member_count; i++) {
        const struct type_member *member = &type->members[i];
        uint64_t inner = 0;
        const struct type_member *found = strcmp(member->name, name) == 0 ? member
                                          : member->name[0]               ? NULL
                                                                          : member_find(image, member->type, name, depth + 1, &inner);
        if (found) {
            *out_bits = member->bit_offset + (found == member ? 0 : inner);
            return found;
        }
    }
    return NULL;
}

static struct error *parser_member(struct parser *parser) {
    char name[NAME_MAX_BYTES];
    uint64_t bits = 0;
    struct error *error = parser_follow(parser);
    if (error) {
        return error;
    }
    if (!parser_name(parser, name)) {
        return parser_error(parser, "a member's name is missing");
    }
    const struct type_member *member = member_find(parser->image, parser->out->type, name, 0, &bits);
    if (!member) {
        return error_create(ERROR_MISMATCH, "manifest: [transactions] client = %s: %s has no member %s", parser->text, parser_type(parser)->name,
                            name);
    }
    parser->out->type = member->type;
    parser->out->bit_size = member->bit_field ? member->bit_size : 0;
    parser->out->bit_offset = member->bit_field ? bits % 8 : 0;
    snprintf(parser->out->label, sizeof parser->out->label, "%s", name);
    return parser_step(parser, CLIENT_OFFSET, bits / 8);
}

/* "[3]" or "[cpu]" */
static struct error *parser_index(struct parser *parser) {
    char name[NAME_MAX_BYTES];
    if (!parser_name(parser, name) || *parser->at != ']') {
        return parser_error(parser, "expected [NUMBER] or [cpu]");
    }
    parser->at++;
    parser_skip_blanks(parser);
    bool array = parser_type(parser)->kind == TYPE_ARRAY;
    struct error *error = array ? NULL : parser_type(parser)->kind == TYPE_POINTER ? parser_follow(parser) : parser_error(parser, "that is no array");
    if (error) {
        return error;
    }
    parser->out->type = array ? parser_type(parser)->target : parser->out->type;
    char *end = NULL;
    uint64_t number = strtoull(name, &end, 0);
    uint64_t size = parser_type(parser)->size;
    bool cpu = strcmp(name, "cpu") == 0;
    if (!cpu && (end == name || *end)) {
        return parser_error(parser, "expected [NUMBER] or [cpu]");
    }
    return parser_step(parser, cpu ? CLIENT_CPU : CLIENT_OFFSET, cpu ? size : number * size);
}

/* False: no parameter and no variable has the name. */
static bool parser_root(struct parser *parser, const struct client_percpu *percpu, const struct function *function, const char *name) {
    struct client_expression *out = parser->out;
    for (uint32_t i = 0; function && i < function->parameter_count && i < CLIENT_ARGUMENTS; i++) {
        if (strcmp(function->parameter_names[i], name) == 0) {
            out->argument = (int)i;
            out->type = function->parameter_types[i];
            return true;
        }
    }
    const struct variable *variable = image_variable_by_name(parser->image, name);
    if (!variable) {
        return false;
    }
    out->address = variable->address;
    out->type = variable->type;
    out->per_cpu = percpu->offsets && variable->address >= percpu->low && variable->address < percpu->high;
    out->offsets = percpu->offsets;
    return true;
}

static bool type_is_value(const struct image *image, const struct type *type) {
    bool text = type->kind == TYPE_ARRAY && image->types[type->target].is_char;
    return text || ((type->kind == TYPE_INTEGER || type->kind == TYPE_ENUM || type->kind == TYPE_POINTER) && type->size <= 8);
}

struct error *client_parse(const struct image *image, const struct client_percpu *percpu, const struct function *function, const char *text,
                           struct client_expression *out_expression) {
    struct client_expression expression = {.argument = -1, .image = image};
    struct parser parser = {.image = image, .text = text, .at = text, .out = &expression};
    char name[NAME_MAX_BYTES];
    struct error *error = NULL;
    *out_expression = expression;
    if (!parser_name(&parser, name)) {
        return parser_error(&parser, "a parameter's or variable's name is missing");
    }
    if (!parser_root(&parser, percpu, function, name)) {
        return NULL;
    }
    snprintf(expression.label, sizeof expression.label, "%s", name);
    while (!error && *parser.at) {
        bool arrow = strncmp(parser.at, "->", 2) == 0;
        bool index = *parser.at == '[';
        if (!arrow && !index && *parser.at != '.') {
            return parser_error(&parser, "expected . or -> or [");
        }
        parser.at += arrow ? 2 : 1;
        error = index ? parser_index(&parser) : parser_member(&parser);
    }
    if (!error && !type_is_value(image, parser_type(&parser))) {
        error = parser_error(&parser, "that is no integer, enumerator, pointer or text");
    }
    if (error) {
        return error;
    }
    expression.present = true;
    *out_expression = expression;
    return NULL;
}

/* ------------------------------------------------------------------------------------------------ evaluation */

static bool place_word(const struct client_expression *expression, const struct client_place *place, uint64_t address, uint64_t *out_value) {
    uint64_t value = 0;
    bool known = place->read(place->context, address, &value, expression->image->pointer_size);
    *out_value = value;
    return known;
}

/* Where the value lies, or, of an argument that is not followed, the value itself. */
static bool client_walk(const struct client_expression *expression, const struct client_place *place, uint64_t *out_at, bool *out_value) {
    bool value = expression->argument >= 0;
    uint64_t at = value && place->arguments ? place->arguments[expression->argument] : expression->address;
    uint64_t moved = 0;
    bool known = !value || place->arguments;
    if (known && expression->per_cpu) {
        known = place_word(expression, place, expression->offsets + (uint64_t)place->cpu * expression->image->pointer_size, &moved);
        at += moved;
    }
    for (uint32_t i = 0; known && i < expression->step_count; i++) {
        const struct client_step *step = &expression->steps[i];
        if (step->kind == CLIENT_FOLLOW) {
            known = value || place_word(expression, place, at, &at);
            known = known && at != 0;
            value = false;
        } else {
            at += step->kind == CLIENT_CPU ? step->by * place->cpu : step->by;
        }
    }
    *out_at = at;
    *out_value = value;
    return known;
}

static void value_show(const struct client_expression *expression, uint64_t raw, char out_text[CLIENT_TEXT]) {
    const struct type *type = &expression->image->types[expression->type];
    unsigned bits = (unsigned)(expression->bit_size ? expression->bit_size : type->size * 8);
    uint64_t value = raw >> expression->bit_offset;
    value = bits < 64 ? value & ((1ULL << bits) - 1) : value;
    bool negative = type->is_signed && bits && value >> (bits - 1) & 1;
    int64_t number = negative && bits < 64 ? (int64_t)(value | ~((1ULL << bits) - 1)) : (int64_t)value;
    for (uint32_t i = 0; type->kind == TYPE_ENUM && i < type->enumerator_count; i++) {
        if (type->enumerators[i].value == number) {
            snprintf(out_text, CLIENT_TEXT, "%s %s", expression->label, type->enumerators[i].name);
            return;
        }
    }
    if (type->kind == TYPE_POINTER) {
        snprintf(out_text, CLIENT_TEXT, "%s 0x%llx", expression->label, (unsigned long long)value);
    } else if (type->is_signed) {
        snprintf(out_text, CLIENT_TEXT, "%s %lld", expression->label, (long long)number);
    } else {
        snprintf(out_text, CLIENT_TEXT, "%s %llu", expression->label, (unsigned long long)value);
    }
}

bool client_evaluate(const struct client_expression *expression, const struct client_place *place, char out_text[CLIENT_TEXT]) {
    const struct type *type = expression->present ? &expression->image->types[expression->type] : NULL;
    uint64_t raw = 0;
    uint64_t at = 0;
    bool value = false;
    if (!type || !client_walk(expression, place, &at, &value)) {
        return false;
    }
    if (type->kind == TYPE_ARRAY) {
        char text[CLIENT_TEXT / 2] = "";
        uint64_t size = type->size && type->size < sizeof text ? type->size : sizeof text - 1;
        if (value || !place->read(place->context, at, text, size)) {
            return false;
        }
        for (size_t i = 0; text[i]; i++) {
            text[i] = isprint((unsigned char)text[i]) ? text[i] : '?';
        }
        snprintf(out_text, CLIENT_TEXT, "%s %s", expression->label, text);
        return true;
    }
    uint64_t bytes = expression->bit_size ? (expression->bit_offset + expression->bit_size + 7) / 8 : type->size;
    if (value) {
        raw = at;
    } else if (bytes > sizeof raw || !place->read(place->context, at, &raw, bytes)) {
        return false;
    }
    value_show(expression, raw, out_text);
    return true;
}
