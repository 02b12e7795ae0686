#include "type_leaves.h"
#include <stdio.h>
#include <string.h>

static const struct type *type_at(const struct program *program, uint32_t type) {
    return &program->types.items[type];
}

static uint64_t type_size(const struct program *program, uint32_t type) {
    return type == NONE ? 0 : type_at(program, type)->size;
}

struct leaf_walk {
    struct program *program;
    uint64_t first_bit;
    uint64_t end_bit;
    uint32_t record;
    uint32_t member;
    bool strict; /* only that member of the record, also where it is no union */
    leaf_visitor *visit;
    void *context;
    char *path; /* of `capacity` bytes */
    size_t capacity;
};

/* Makes room for `more` characters and the end of the path. */
static void path_reserve(struct leaf_walk *walk, size_t length, size_t more) {
    while (length + more + 1 > walk->capacity) {
        char *larger = arena_allocate(walk->program->arena, walk->capacity * 2);
        memcpy(larger, walk->path, length + 1);
        walk->path = larger;
        walk->capacity *= 2;
    }
}

/* Is the record whose member is accessed this type, or somewhere in it? */
static bool member_holds(const struct leaf_walk *walk, uint32_t type) {
    uint32_t element = type_element(walk->program, type);
    if (element == walk->record) {
        return true;
    }
    const embedding_list *outer = type_outer(walk->program, walk->record);
    for (uint32_t i = 0; i < outer->count; i++) {
        if (outer->items[i].outer == element) {
            return true;
        }
    }
    return false;
}

static bool union_holds(const struct leaf_walk *walk, const struct type *type) {
    for (uint32_t i = 0; i < type->member_count; i++) {
        if (member_holds(walk, type->members[i].type)) {
            return true;
        }
    }
    return false;
}

static void walk_leaves(struct leaf_walk *walk, uint32_t type, uint64_t bit_offset, uint64_t bit_size, size_t length, int depth) {
    if (type == NONE || depth > TYPE_DEPTH) {
        return;
    }
    const struct type *at = type_at(walk->program, type);
    if (at->kind == FACTS_ARRAY) {
        uint64_t stride = type_size(walk->program, at->target) * 8;
        if (stride) {
            path_reserve(walk, length, 2);
            memcpy(walk->path + length, "[]", 3);
            walk_leaves(walk, at->target, bit_offset, stride, length + 2, depth + 1);
            walk->path[length] = '\0';
        }
        return;
    }
    if (at->kind == FACTS_RECORD && at->member_count) {
        bool named = walk->record == type && walk->member < at->member_count && (at->is_union || walk->strict);
        bool chosen = !named && at->is_union && walk->record != NONE && union_holds(walk, at);
        for (uint32_t i = 0; i < at->member_count; i++) {
            const struct member *member = &at->members[i];
            uint64_t begin = bit_offset + member->bit_offset;
            const struct type *inner = type_at(walk->program, member->type);
            uint64_t end = begin + member->bit_size;
            if (inner->kind == FACTS_ARRAY && inner->count == 0) {
                end = begin + type_size(walk->program, inner->target) * 8;
            }
            if (end <= walk->first_bit || begin >= walk->end_bit || (named && i != walk->member) || (chosen && !member_holds(walk, member->type))) {
                continue;
            }
            size_t name_length = strlen(member->name);
            size_t next = length;
            if (name_length) {
                path_reserve(walk, length, name_length + 1);
                walk->path[length] = '.';
                memcpy(walk->path + length + 1, member->name, name_length + 1);
                next = length + 1 + name_length;
            }
            walk_leaves(walk, member->type, begin, member->bit_size, next, depth + 1);
            walk->path[length] = '\0';
        }
        return;
    }
    if (bit_size == 0 && at->kind != FACTS_RECORD) {
        bit_size = at->size * 8;
    }
    if (bit_size == 0 || bit_offset + bit_size <= walk->first_bit || bit_offset >= walk->end_bit) {
        return;
    }
    struct leaf leaf = {walk->path, type, bit_offset, bit_size};
    walk->visit(walk->context, &leaf);
}

static void visit_leaves(struct program *program, uint32_t type, uint64_t first_bit, uint64_t end_bit, uint32_t record, uint32_t member, bool strict,
                         leaf_visitor *visit, void *context) {
    char path[512] = "";
    struct leaf_walk walk = {.program = program,
                             .first_bit = first_bit,
                             .end_bit = end_bit,
                             .record = record,
                             .member = member,
                             .strict = strict,
                             .visit = visit,
                             .context = context,
                             .path = path,
                             .capacity = sizeof path};
    walk_leaves(&walk, type, 0, type_size(program, type) * 8, 0, 0);
}

void type_visit_leaves(struct program *program, uint32_t type, uint64_t first_bit, uint64_t end_bit, uint32_t record, uint32_t member,
                       leaf_visitor *visit, void *context) {
    visit_leaves(program, type, first_bit, end_bit, record, member, false, visit, context);
}

void type_visit_member_leaves(struct program *program, uint32_t type, uint64_t first_bit, uint64_t end_bit, uint32_t record, uint32_t member,
                              leaf_visitor *visit, void *context) {
    visit_leaves(program, type, first_bit, end_bit, record, member, true, visit, context);
}

static void count_leaf(void *context, const struct leaf *leaf) {
    (void)leaf;
    ++*(size_t *)context;
}

size_t type_leaf_count(struct program *program, uint32_t type) {
    size_t count = 0;
    type_visit_leaves(program, type, 0, UINT64_MAX, NONE, NONE, count_leaf, &count);
    return count;
}
