#include "type_head.h"
#include "type_leaves.h"
#include <stdio.h>
#include <string.h>

static const struct type *type_at(const struct program *program, uint32_t type) {
    return &program->types.items[type];
}

#define HEAD_LEAVES 32
#define HEAD_BITS ((uint64_t)256 * 8)

struct head_leaf {
    char name[64]; /* last part of the path */
    uint32_t type;
    uint64_t bit_offset;
    uint64_t bit_size;
};

/* Kept without the leaves that it does not have. */
struct head {
    size_t count;
    struct head_leaf leaves[HEAD_LEAVES];
};

static void head_add(void *context, const struct leaf *leaf) {
    struct head *head = context;
    if (head->count < HEAD_LEAVES) {
        struct head_leaf *added = &head->leaves[head->count++];
        const char *dot = strrchr(leaf->path, '.');
        snprintf(added->name, sizeof added->name, "%s", dot ? dot + 1 : leaf->path);
        added->type = leaf->type;
        added->bit_offset = leaf->bit_offset;
        added->bit_size = leaf->bit_size;
    }
}

static const struct head *head_of(struct program *program, struct type_heads *known, uint32_t type) {
    if (!known->heads) {
        known->heads = arena_allocate(program->arena, (program->types.count + 1) * sizeof *known->heads);
    }
    if (!known->heads[type]) {
        struct head head = {0};
        type_visit_leaves(program, type, 0, HEAD_BITS, NONE, NONE, head_add, &head);
        size_t size = sizeof head.count + head.count * sizeof *head.leaves;
        struct head *kept = arena_allocate(program->arena, size);
        memcpy(kept, &head, size);
        known->heads[type] = kept;
    }
    return known->heads[type];
}

/* "sa_family" and "sin_family": equal but for the prefix that C programs give the members of one record. */
static bool is_name_alike(const char *one, const char *other) {
    const char *one_rest = strchr(one, '_');
    const char *other_rest = strchr(other, '_');
    return strcmp(one, other) == 0 || (one_rest && other_rest && strcmp(one_rest, other_rest) == 0);
}

static bool is_leaf_alike(const struct program *program, const struct head_leaf *one, const struct head_leaf *other) {
    const struct type *a = type_at(program, one->type);
    const struct type *b = type_at(program, other->type);
    if (one->bit_offset != other->bit_offset || one->bit_size != other->bit_size || a->kind != b->kind) {
        return false;
    }
    if (a->kind != FACTS_POINTER) {
        return is_name_alike(one->name, other->name);
    }
    if (a->target == b->target || a->target == NONE || b->target == NONE) {
        return true;
    }
    const struct type *to = type_at(program, a->target);
    const struct type *other_to = type_at(program, b->target);
    bool records = to->kind == FACTS_RECORD && other_to->kind == FACTS_RECORD;
    return to->kind == FACTS_VOID || other_to->kind == FACTS_VOID || (records && strcmp(to->name, other_to->name) == 0);
}

static bool is_byte_leaf(const struct program *program, const struct head *head, size_t index) {
    return index < head->count && strstr(head->leaves[index].name, "[]") && type_at(program, head->leaves[index].type)->size == 1;
}

/* Two descriptions of one layout under different names, as code has that may not see the first. */
static bool is_mirror(const struct program *program, const struct head *one, const struct head *other) {
    bool same = one->count == other->count && one->count >= 3 && one->count < HEAD_LEAVES;
    for (size_t i = 0; same && i < one->count; i++) {
        same = one->leaves[i].bit_offset == other->leaves[i].bit_offset && one->leaves[i].bit_size == other->leaves[i].bit_size &&
               type_at(program, one->leaves[i].type)->kind == type_at(program, other->leaves[i].type)->kind;
    }
    return same;
}

/*
 * One is the beginning of the other, or what follows in one of them is bytes; records of one file need share no more than their first member, a tag
 * that tells which of them it is.
 */
static bool begins_alike(struct program *program, struct type_heads *known, uint32_t one, uint32_t other) {
    const struct head *heads[2] = {head_of(program, known, one), head_of(program, known, other)};
    size_t shorter = heads[0]->count < heads[1]->count ? heads[0]->count : heads[1]->count;
    size_t alike = 0;
    while (alike < shorter && is_leaf_alike(program, &heads[0]->leaves[alike], &heads[1]->leaves[alike])) {
        alike++;
    }
    bool one_place = type_at(program, one)->file == type_at(program, other)->file && type_at(program, one)->file != NONE;
    return (alike == shorter && alike >= 2) || is_mirror(program, heads[0], heads[1]) ||
           (alike >= 1 && (one_place || is_byte_leaf(program, heads[0], alike) || is_byte_leaf(program, heads[1], alike)));
}

struct head_question {
    struct program *program;
    struct type_heads *known;
    uint32_t record;
};

static bool has_head(const struct program *program, uint32_t type) {
    const struct type *at = type_at(program, type);
    return at->kind == FACTS_RECORD && !at->is_incomplete && !at->is_union && at->member_count > 0;
}

static bool is_alike(void *context, uint32_t type) {
    const struct head_question *question = context;
    if (!has_head(question->program, type)) {
        return false;
    }
    uint32_t known = UINT32_MAX - 1;
    uint64_t key = ((uint64_t)type << 32) | question->record;
    if (map_add(question->program->arena, &question->known->alike, key, &known)) {
        known = begins_alike(question->program, question->known, type, question->record);
        map_put(question->program->arena, &question->known->alike, key, known);
    }
    return known == 1;
}

bool type_shares_head(struct program *program, struct type_heads *known, uint32_t outer, uint32_t record, int64_t offset) {
    struct head_question question = {program, known, record};
    return type_visit_subobjects(program, outer, offset, is_alike, &question);
}

const type_list *type_alike(struct program *program, struct type_heads *known, uint32_t record) {
    uint32_t index = known->lists.count;
    if (!map_add(program->arena, &known->list_of, record, &index)) {
        return &known->lists.items[index];
    }
    type_list list = {0};
    for (uint32_t type = 0; type < program->types.count; type++) {
        if (type != record && has_head(program, type) && begins_alike(program, known, type, record)) {
            *VECTOR_ADD(program->arena, &list) = type;
        }
    }
    *VECTOR_ADD(program->arena, &known->lists) = list;
    return &known->lists.items[index];
}
