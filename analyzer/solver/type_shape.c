#include "type_shape.h"
#include <string.h>

void type_shapes_init(const struct program *program, struct type_shapes *out_shapes) {
    *out_shapes = (struct type_shapes){.program = program,
                                       .pointed = arena_allocate(program->arena, (program->unit_count + 1) * sizeof(uint32_t *)),
                                       .layouts = arena_allocate(program->arena, (program->unit_count + 1) * sizeof(uint32_t *))};
}

/* First word of a key. */
enum { SHAPE_POINTED, SHAPE_LAYOUT, SHAPE_ONLY };

/* Type chains are as deep as their source wrote them; malformed facts may run in circles. */
#define MAX_TYPE_DEPTH 200

struct key_words {
    uint64_t *items;
    uint32_t count;
};

static void key_word(struct key_words *key, uint64_t word) {
    key->items[key->count++] = word;
}

static uint32_t shape_of_key(struct type_shapes *shapes, const struct key_words *key) {
    uint32_t shape = shapes->shapes.entries.count;
    keys_add(shapes->program->arena, &shapes->shapes, key->items, key->count, &shape);
    return shape;
}

static uint32_t string_number(struct type_shapes *shapes, const char *string) {
    return names_intern(shapes->program->arena, &shapes->strings, string);
}

/*
 * Number of what a type looks like from behind a pointer (records by name only). Equal number = equal through and through. A type that is met again
 * inside itself, or too deep, is like no other.
 */
static uint32_t shape_pointed(struct type_shapes *shapes, uint32_t unit_index, uint32_t index, int depth) {
    if (index == FACTS_NONE) {
        return NONE;
    }
    const struct facts_type *type = &shapes->program->units[unit_index].facts->types[index];
    uint32_t *memo = &shapes->pointed[unit_index][index];
    if (*memo != NONE) {
        return *memo;
    }
    uint64_t only[] = {SHAPE_ONLY, unit_index, index, 0};
    *memo = shape_of_key(shapes, &(struct key_words){only, 4});
    if (depth > MAX_TYPE_DEPTH) {
        return *memo;
    }
    bool is_function = type->kind == FACTS_FUNCTION;
    struct key_words key = {arena_allocate(shapes->program->arena, (6 + (is_function ? type->member_count : 0)) * sizeof(uint64_t)), 0};
    key_word(&key, SHAPE_POINTED);
    key_word(&key, (uint64_t)type->kind);
    key_word(&key, type->kind == FACTS_RECORD || type->kind == FACTS_SCALAR ? string_number(shapes, type->name) : NONE);
    if (type->kind == FACTS_POINTER || type->kind == FACTS_ARRAY || is_function) {
        key_word(&key, shape_pointed(shapes, unit_index, type->target, depth + 1));
        key_word(&key, type->count);
        key_word(&key, is_function && type->is_variadic);
    }
    for (size_t i = 0; is_function && i < type->member_count; i++) {
        key_word(&key, shape_pointed(shapes, unit_index, type->members[i].type, depth + 1));
    }
    return *memo = shape_of_key(shapes, &key);
}

static uint32_t shape_layout(struct type_shapes *shapes, uint32_t unit_index, uint32_t index, int depth) {
    if (index == FACTS_NONE) {
        return NONE;
    }
    const struct unit *unit = &shapes->program->units[unit_index];
    const struct facts_type *type = &unit->facts->types[index];
    uint32_t *memo = &shapes->layouts[unit_index][index];
    if (*memo != NONE) {
        return *memo;
    }
    uint64_t only[] = {SHAPE_ONLY, unit_index, index, 1};
    *memo = shape_of_key(shapes, &(struct key_words){only, 4});
    if (depth > MAX_TYPE_DEPTH) {
        return *memo;
    }
    bool is_record = type->kind == FACTS_RECORD;
    struct key_words key = {arena_allocate(shapes->program->arena, (6 + 4 * (is_record ? type->member_count : 0)) * sizeof(uint64_t)), 0};
    key_word(&key, SHAPE_LAYOUT);
    key_word(&key, shape_pointed(shapes, unit_index, index, 0));
    key_word(&key, type->size);
    if (type->kind == FACTS_ARRAY) {
        key_word(&key, shape_layout(shapes, unit_index, type->target, depth + 1));
    } else if (is_record) {
        key_word(&key, type->place.file == FACTS_NONE || !unit->facts->file_count ? NONE : unit->files[type->place.file]);
        key_word(&key, ((uint64_t)type->place.line << 32) | type->place.column);
        key_word(&key, type->is_union);
        for (size_t i = 0; i < type->member_count; i++) {
            const struct facts_member *member = &type->members[i];
            key_word(&key, string_number(shapes, member->name));
            key_word(&key, member->bit_offset);
            key_word(&key, member->bit_size);
            key_word(&key, shape_layout(shapes, unit_index, member->type, depth + 1));
        }
    }
    return *memo = shape_of_key(shapes, &key);
}

uint32_t type_shape_layout(struct type_shapes *shapes, uint32_t unit, uint32_t type) {
    if (!shapes->pointed[unit]) {
        size_t size = (shapes->program->units[unit].facts->type_count + 1) * sizeof(uint32_t);
        shapes->pointed[unit] = arena_allocate(shapes->program->arena, size);
        shapes->layouts[unit] = arena_allocate(shapes->program->arena, size);
        memset(shapes->pointed[unit], 0xff, size);
        memset(shapes->layouts[unit], 0xff, size);
    }
    return shape_layout(shapes, unit, type, 0);
}
