#include "shape_check.h"

#include <stdlib.h>
#include <string.h>

enum { CHECK_LIMIT = 40, DEPTH = 16, WORD = 8 };

struct finder {
    const struct image *image;
    struct plan_check checks[CHECK_LIMIT];
    uint32_t count;
};

/* Two pointers to its own type and nothing else. */
static bool type_is_link(const struct image *image, uint32_t index) {
    const struct type *type = &image->types[index];
    if (type->kind != TYPE_STRUCT || type->member_count != 2 || type->size != 2 * (uint64_t)image->pointer_size) {
        return false;
    }
    for (uint32_t i = 0; i < 2; i++) {
        const struct type *member = &image->types[type->members[i].type];
        if (member->kind != TYPE_POINTER || member->target != index) {
            return false;
        }
    }
    return true;
}

static void finder_add(struct finder *finder, enum plan_check_kind kind, uint32_t type, uint64_t offset) {
    if (finder->count < CHECK_LIMIT) {
        finder->checks[finder->count++] = (struct plan_check){.kind = kind, .type = type, .offset = offset};
    }
}

static void finder_walk(struct finder *finder, uint32_t index, uint64_t offset, int depth) {
    const struct type *type = &finder->image->types[index];
    if (depth > DEPTH) {
        return;
    }
    if (type_is_link(finder->image, index)) {
        finder_add(finder, CHECK_LINK, index, offset);
        return;
    }
    switch (type->kind) {
    case TYPE_STRUCT:
        for (uint32_t i = 0; i < type->member_count; i++) {
            if (!type->members[i].bit_field) {
                finder_walk(finder, type->members[i].type, offset + type->members[i].bit_offset / 8, depth + 1);
            }
        }
        break;
    case TYPE_ARRAY: /* its first element stands for all */
        if (type->count) {
            finder_walk(finder, type->target, offset, depth + 1);
        }
        break;
    case TYPE_POINTER:
        finder_add(finder, finder->image->types[type->target].kind == TYPE_FUNCTION ? CHECK_CODE : CHECK_DATA, index, offset);
        break;
    case TYPE_ENUM:
        finder_add(finder, CHECK_ENUM, index, offset);
        break;
    case TYPE_INTEGER:
        if (strcmp(type->name, "_Bool") == 0) {
            finder_add(finder, CHECK_BOOL, index, offset);
        }
        break;
    default: /* of unions one member holds, which is not known */
        break;
    }
}

struct error *shape_find_checks(const struct image *image, struct shape *shape) {
    struct finder finder = {.image = image};
    finder_walk(&finder, shape->type, 0, 0);
    struct plan_check *copy = finder.count ? malloc(finder.count * sizeof *copy) : NULL;
    if (finder.count && !copy) {
        return error_out_of_memory();
    }
    for (uint32_t i = 0; i < finder.count; i++) {
        copy[i] = finder.checks[i];
    }
    shape->checks = copy;
    shape->check_count = finder.count;
    return NULL;
}

static bool enum_has(const struct type *type, uint64_t value) {
    uint64_t mask = type->size >= WORD ? UINT64_MAX : (1ULL << (8 * type->size)) - 1;
    for (uint32_t i = 0; i < type->enumerator_count; i++) {
        if (((uint64_t)type->enumerators[i].value & mask) == (value & mask)) {
            return true;
        }
    }
    return false;
}

static struct error *readable(struct guest_memory *memory, uint64_t address, bool *out_holds) {
    uint8_t byte = 0;
    return guest_memory_read(memory, address, &byte, 1, out_holds);
}

/* Do both neighbours of a list node point back to it? */
static struct error *link_holds(const struct plan *plan, struct guest_memory *memory, const struct plan_check *check, const uint8_t *bytes,
                                uint64_t address, bool *out_holds) {
    const struct type *type = &plan->image->types[check->type];
    bool holds = true;
    struct error *error = NULL;
    for (uint32_t i = 0; i < 2 && holds && !error; i++) {
        uint64_t neighbour = 0;
        uint64_t back = 0;
        memcpy(&neighbour, bytes + check->offset + type->members[i].bit_offset / 8, plan->image->pointer_size);
        error = guest_memory_read(memory, neighbour + type->members[1 - i].bit_offset / 8, &back, plan->image->pointer_size, &holds);
        holds = holds && back == address + check->offset;
    }
    *out_holds = holds;
    return error;
}

static struct error *check_holds(const struct plan *plan, struct guest_memory *memory, const struct plan_check *check, const uint8_t *bytes,
                                 uint64_t address, bool *out_holds) {
    uint64_t value = 0;
    uint64_t size = plan->image->types[check->type].size;
    memcpy(&value, bytes + check->offset, size < sizeof value ? size : sizeof value);
    const struct symbol *symbol = NULL;
    switch (check->kind) {
    case CHECK_LINK:
        return link_holds(plan, memory, check, bytes, address, out_holds);
    case CHECK_DATA:
        *out_holds = true;
        return value ? readable(memory, value, out_holds) : NULL;
    case CHECK_CODE:
        symbol = image_symbol_at(plan->image, value);
        *out_holds = value == 0 || (symbol && symbol->is_function && symbol->address == value);
        return NULL;
    case CHECK_BOOL:
        *out_holds = value <= 1;
        return NULL;
    case CHECK_ENUM:
        *out_holds = enum_has(&plan->image->types[check->type], value);
        return NULL;
    }
    return NULL;
}

struct error *shape_score(const struct plan *plan, struct guest_memory *memory, uint64_t address, uint32_t shape_index,
                          struct shape_score *out_score) {
    const struct shape *shape = &plan->shapes[shape_index];
    struct shape_score score = {.of = shape->check_count + 1};
    uint8_t *bytes SCOPE_FREE = malloc(shape->size + WORD);
    bool valid = false;
    if (!bytes) {
        return error_out_of_memory();
    }
    struct error *error = guest_memory_read(memory, address, bytes, shape->size, &valid);
    if (!error && valid) {
        score.held = 1;
        for (uint32_t i = 0; !error && i < shape->check_count; i++) {
            bool holds = false;
            error = check_holds(plan, memory, &shape->checks[i], bytes, address, &holds);
            score.held += holds ? 1 : 0;
        }
    }
    if (!error) {
        *out_score = score;
    }
    return error;
}

bool shape_score_better(const struct shape_score *one, const struct shape_score *other) {
    /* (held + 1) / (of + 2), compared crosswise. */
    return (uint64_t)(one->held + 1) * (other->of + 2) > (uint64_t)(other->held + 1) * (one->of + 2);
}
