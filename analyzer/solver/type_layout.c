#include "type_layout.h"
#include <stdio.h>
#include <string.h>
#include "spillscope/text.h"

static const struct type *type_at(const struct program *program, uint32_t type) {
    return &program->types.items[type];
}

uint32_t type_element(const struct program *program, uint32_t type) {
    for (int depth = 0; type != NONE && type_at(program, type)->kind == FACTS_ARRAY && depth < TYPE_DEPTH; depth++) {
        type = type_at(program, type)->target;
    }
    return type;
}

static uint64_t type_size(const struct program *program, uint32_t type) {
    return type == NONE ? 0 : type_at(program, type)->size;
}

/*
 * The member of a record that covers a byte. An array without elements covers what follows it where nothing else does: at the end it is of any
 * length, in the middle it only marks the place.
 */
static const struct member *member_at(const struct program *program, const struct type *record, int64_t offset) {
    const struct member *found = NULL;
    const struct member *open = NULL;
    for (uint32_t i = 0; i < record->member_count; i++) {
        const struct member *member = &record->members[i];
        int64_t begin = (int64_t)(member->bit_offset / 8);
        int64_t end = (int64_t)((member->bit_offset + member->bit_size + 7) / 8);
        const struct type *type = type_at(program, member->type);
        bool is_open = type->kind == FACTS_ARRAY && type->count == 0;
        if (offset < begin || (offset >= end && !is_open)) {
            continue;
        }
        /* A union, or bit-fields: prefer the member with the richest structure, so that arrays in it fold. */
        const struct member **best = is_open ? &open : &found;
        if (!*best || type->kind == FACTS_ARRAY || (type->kind == FACTS_RECORD && type_at(program, (*best)->type)->kind != FACTS_ARRAY)) {
            *best = member;
        }
    }
    return found ? found : open;
}

int64_t type_fold(const struct program *program, uint32_t type, int64_t offset) {
    int64_t base = 0;
    for (int depth = 0; type != NONE && offset >= 0 && depth < TYPE_DEPTH; depth++) {
        const struct type *at = type_at(program, type);
        if (at->kind == FACTS_ARRAY) {
            int64_t stride = (int64_t)type_size(program, at->target);
            if (stride <= 0 || (at->count && offset >= stride * (int64_t)at->count)) {
                break;
            }
            offset %= stride;
            type = at->target;
        } else if (at->kind == FACTS_RECORD) {
            const struct member *member = member_at(program, at, offset);
            if (!member) {
                break;
            }
            base += (int64_t)(member->bit_offset / 8);
            offset -= (int64_t)(member->bit_offset / 8);
            type = member->type;
        } else {
            break;
        }
    }
    return base + offset;
}

size_t type_enclosing_arrays(const struct program *program, uint32_t type, int64_t offset, struct enclosing_array out_arrays[static MAX_ENCLOSING]) {
    struct enclosing_array found[MAX_ENCLOSING];
    size_t count = 0;
    int64_t base = 0;
    for (int depth = 0; type != NONE && offset >= 0 && depth < TYPE_DEPTH; depth++) {
        const struct type *at = type_at(program, type);
        if (at->kind == FACTS_ARRAY) {
            int64_t stride = (int64_t)type_size(program, at->target);
            if (stride <= 0 || (at->count && offset >= stride * (int64_t)at->count)) {
                break;
            }
            if (count < MAX_ENCLOSING) {
                found[count++] = (struct enclosing_array){base, stride, at->count};
            }
            offset %= stride;
            type = at->target;
        } else if (at->kind == FACTS_RECORD) {
            const struct member *member = member_at(program, at, offset);
            if (!member) {
                break;
            }
            base += (int64_t)(member->bit_offset / 8);
            offset -= (int64_t)(member->bit_offset / 8);
            type = member->type;
        } else {
            break;
        }
    }
    for (size_t i = 0; i < count; i++) {
        out_arrays[i] = found[count - 1 - i];
    }
    return count;
}

/* Walks all subobjects that begin at the offset, outermost first; stops when `visit` says so. */
static bool subobjects_at(const struct program *program, uint32_t type, int64_t offset, int depth, bool (*visit)(void *, uint32_t), void *context) {
    if (type == NONE || offset < 0 || depth > TYPE_DEPTH) {
        return false;
    }
    const struct type *at = type_at(program, type);
    if (offset == 0 && visit(context, type)) {
        return true;
    }
    if (at->kind == FACTS_ARRAY) {
        int64_t stride = (int64_t)type_size(program, at->target);
        if (stride <= 0 || (at->count && offset >= stride * (int64_t)at->count)) {
            return false;
        }
        return subobjects_at(program, at->target, offset % stride, depth + 1, visit, context);
    }
    if (at->kind == FACTS_RECORD) {
        for (uint32_t i = 0; i < at->member_count; i++) {
            const struct member *member = &at->members[i];
            int64_t begin = (int64_t)(member->bit_offset / 8);
            int64_t end = (int64_t)((member->bit_offset + member->bit_size + 7) / 8);
            const struct type *inner = type_at(program, member->type);
            bool open = inner->kind == FACTS_ARRAY && inner->count == 0;
            if (offset >= begin && (offset < end || open) && subobjects_at(program, member->type, offset - begin, depth + 1, visit, context)) {
                return true;
            }
        }
    }
    return false;
}

bool type_visit_subobjects(const struct program *program, uint32_t type, int64_t offset, bool (*visit)(void *, uint32_t), void *context) {
    return subobjects_at(program, type, offset, 0, visit, context);
}

bool type_has_open_end(const struct program *program, uint32_t type) {
    const struct type *at = type_at(program, type);
    if (at->kind != FACTS_RECORD || !at->member_count) {
        return false;
    }
    const struct type *last = type_at(program, at->members[at->member_count - 1].type);
    return last->kind == FACTS_ARRAY && last->count == 0;
}

bool type_reaches(const struct program *program, uint32_t type, int64_t offset) {
    return offset >= 0 && ((uint64_t)offset < type_size(program, type) || type_has_open_end(program, type));
}

struct size_question {
    const struct program *program;
    uint64_t size;
};

static bool is_of_size(void *context, uint32_t type) {
    const struct size_question *question = context;
    return type_at(question->program, type)->size == question->size;
}

bool type_has_subobject(const struct program *program, uint32_t type, int64_t offset, uint64_t size) {
    struct size_question question = {program, size};
    return subobjects_at(program, type, offset, 0, is_of_size, &question);
}

static bool first_size(void *context, uint32_t type) {
    struct size_question *question = context;
    question->size = type_at(question->program, type)->size;
    return question->size != 0;
}

uint64_t type_extent(const struct program *program, uint32_t type, int64_t offset) {
    struct enclosing_array arrays[MAX_ENCLOSING];
    size_t count = type_enclosing_arrays(program, type, offset, arrays);
    struct size_question question = {program, 0};
    subobjects_at(program, type, offset, 0, first_size, &question);
    if (count && arrays[0].base <= offset && question.size <= (uint64_t)arrays[0].stride) {
        return (uint64_t)(arrays[0].base + arrays[0].stride - offset); /* folded: one element stands for all */
    }
    return question.size;
}

static bool begins_aggregate(void *context, uint32_t type) {
    const struct type *at = type_at(*(const struct program *const *)context, type);
    return at->kind == FACTS_ARRAY || at->kind == FACTS_RECORD;
}

/* Where the array of any length that the type ends in has its first element's end; 0 = it ends in none. */
static int64_t open_end(const struct program *program, uint32_t type) {
    int64_t base = 0;
    for (int depth = 0; type != NONE && depth < TYPE_DEPTH; depth++) {
        const struct type *at = type_at(program, type);
        if (at->kind == FACTS_ARRAY && at->count == 0) {
            return base + (int64_t)type_size(program, at->target);
        }
        if (at->kind != FACTS_RECORD || at->is_union || !at->member_count) {
            return 0;
        }
        base += (int64_t)(at->members[at->member_count - 1].bit_offset / 8);
        type = at->members[at->member_count - 1].type;
    }
    return 0;
}

static bool bytes_size(void *context, uint32_t type) {
    struct size_question *question = context;
    const struct type *at = type_at(question->program, type);
    uint32_t element = at->kind == FACTS_ARRAY ? type_element(question->program, type) : NONE;
    if (element == NONE || type_at(question->program, element)->kind != FACTS_SCALAR || type_size(question->program, element) != 1) {
        return false;
    }
    question->size = type_size(question->program, type);
    return true;
}

/* What a header goes on into: the bytes that come next, or the array of any length. */
static int64_t payload_end(const struct program *program, uint32_t type, int64_t end) {
    int64_t open = open_end(program, type);
    if (open && end >= (int64_t)type_size(program, type)) {
        return open > end ? open : end;
    }
    struct size_question question = {program, 0};
    return subobjects_at(program, type, end, 0, bytes_size, &question) ? end + (int64_t)question.size : end;
}

uint64_t type_onward(const struct program *program, uint32_t type, int64_t offset) {
    struct enclosing_array arrays[MAX_ENCLOSING];
    int64_t size = (int64_t)type_size(program, type);
    if (type_enclosing_arrays(program, type, offset, arrays) || offset < 0 || offset >= size) {
        return type_extent(program, type, offset);
    }
    bool aggregate = subobjects_at(program, type, offset, 0, begins_aggregate, &program);
    int64_t extent = aggregate ? (int64_t)type_extent(program, type, offset) : size - offset;
    return (uint64_t)(payload_end(program, type, offset + extent) - offset);
}

uint64_t type_run(const struct program *program, uint32_t type, int64_t offset, uint64_t size, int64_t *out_first) {
    int64_t base = 0;
    for (int depth = 0; type != NONE && offset >= 0 && depth < TYPE_DEPTH; depth++) {
        const struct type *at = type_at(program, type);
        if (at->kind == FACTS_ARRAY) {
            int64_t stride = (int64_t)type_size(program, at->target);
            if (stride <= 0) {
                return 1;
            }
            base += offset / stride * stride;
            offset %= stride;
            type = at->target;
            continue;
        }
        uint32_t found = 0;
        while (at->kind == FACTS_RECORD && found < at->member_count &&
               !((uint64_t)offset * 8 >= at->members[found].bit_offset &&
                 (uint64_t)offset * 8 < at->members[found].bit_offset + at->members[found].bit_size)) {
            found++;
        }
        if (at->kind != FACTS_RECORD || found == at->member_count) {
            return 1;
        }
        const struct member *member = &at->members[found];
        if ((uint64_t)offset * 8 != member->bit_offset || type_size(program, member->type) != size || at->is_union) {
            base += (int64_t)(member->bit_offset / 8);
            offset -= (int64_t)(member->bit_offset / 8);
            type = member->type;
            continue;
        }
        uint32_t first = found;
        uint32_t last = found;
        while (first > 0 && at->members[first - 1].type == member->type &&
               at->members[first - 1].bit_offset + size * 8 == at->members[first].bit_offset) {
            first--;
        }
        while (last + 1 < at->member_count && at->members[last + 1].type == member->type &&
               at->members[last].bit_offset + size * 8 == at->members[last + 1].bit_offset) {
            last++;
        }
        *out_first = base + (int64_t)(at->members[first].bit_offset / 8);
        return last - first + 1;
    }
    return 1;
}

static bool is_type(void *context, uint32_t type) {
    return *(const uint32_t *)context == type;
}

bool type_holds(const struct program *program, uint32_t outer, uint32_t inner, int64_t offset) {
    return subobjects_at(program, outer, offset, 0, is_type, &inner);
}

struct name_question {
    const struct program *program;
    const char *name;
};

static bool is_named(void *context, uint32_t type) {
    const struct name_question *question = context;
    const struct type *at = type_at(question->program, type);
    return at->kind == FACTS_RECORD && strcmp(at->name, question->name) == 0;
}

bool type_holds_name(const struct program *program, uint32_t outer, const char *name, int64_t offset) {
    struct name_question question = {program, name};
    return subobjects_at(program, outer, offset, 0, is_named, &question);
}

/* An array of bytes, or a record more than half of which is one (storage for one of several records). */
static bool is_bytes(void *context, uint32_t type) {
    const struct program *program = *(const struct program *const *)context;
    const struct type *at = type_at(program, type);
    if (at->kind == FACTS_ARRAY) {
        uint32_t element = type_element(program, type);
        return element != NONE && type_at(program, element)->kind == FACTS_SCALAR && type_at(program, element)->size == 1;
    }
    for (uint32_t m = 0; at->kind == FACTS_RECORD && m < at->member_count; m++) {
        const struct type *member = type_at(program, at->members[m].type);
        if (member->kind == FACTS_ARRAY && (member->size * 2 > at->size || (member->count == 0 && at->members[m].bit_offset == 0)) &&
            is_bytes(context, at->members[m].type)) {
            return true;
        }
    }
    return false;
}

bool type_is_bytes_at(const struct program *program, uint32_t type, int64_t offset) {
    struct enclosing_array arrays[MAX_ENCLOSING];
    size_t count = type_enclosing_arrays(program, type, offset, arrays);
    if (count && arrays[0].stride == 1) {
        return true;
    }
    return subobjects_at(program, type, offset, 0, is_bytes, &program);
}

static bool is_storage(void *context, uint32_t type) {
    const struct program *program = *(const struct program *const *)context;
    const struct type *at = type_at(program, type);
    for (uint32_t m = 0; at->kind == FACTS_RECORD && m < at->member_count; m++) {
        const struct type *member = type_at(program, at->members[m].type);
        uint32_t element = member->kind == FACTS_ARRAY ? type_element(program, at->members[m].type) : NONE;
        if (element != NONE && type_at(program, element)->kind == FACTS_SCALAR && member->size * 2 > at->size) {
            return true;
        }
    }
    return false;
}

bool type_is_storage_at(const struct program *program, uint32_t type, int64_t offset) {
    return subobjects_at(program, type, offset, 0, is_storage, &program);
}

static bool is_word_array(const struct program *program, uint32_t type, uint64_t size) {
    const struct type *at = type_at(program, type);
    uint32_t element = at->kind == FACTS_ARRAY ? type_element(program, type) : NONE;
    if (element == NONE || (at->count && type_size(program, type) < size)) {
        return false;
    }
    const struct type *word = type_at(program, element);
    return word->kind == FACTS_SCALAR ||
           (word->kind == FACTS_POINTER && (word->target == NONE || type_at(program, word->target)->kind == FACTS_VOID));
}

struct word_array {
    const struct program *program;
    uint64_t size;
};

static bool visit_words(void *context, uint32_t type) {
    const struct word_array *wanted = context;
    return is_word_array(wanted->program, type, wanted->size);
}

bool type_is_words_at(const struct program *program, uint32_t type, int64_t offset, uint64_t size) {
    struct word_array wanted = {program, size};
    return subobjects_at(program, type, offset, 0, visit_words, &wanted);
}

static void visit_storage(const struct program *program, uint32_t type, int64_t base, uint64_t size, bool all, int depth,
                          void (*visit)(void *, int64_t), void *context) {
    if (type == NONE || depth > TYPE_DEPTH) {
        return;
    }
    const struct type *at = type_at(program, type);
    if (is_word_array(program, type, size)) {
        visit(context, base);
    } else if (at->kind == FACTS_ARRAY) {
        visit_storage(program, at->target, base, size, all, depth + 1, visit, context);
    }
    for (uint32_t m = 0; at->kind == FACTS_RECORD && m < at->member_count; m++) {
        const struct member *member = &at->members[m];
        bool large = all || type_at(program, member->type)->count == 0 || type_size(program, member->type) * 2 > at->size;
        if (large || !is_word_array(program, member->type, 0)) {
            visit_storage(program, member->type, base + (int64_t)(member->bit_offset / 8), size, all, depth + 1, visit, context);
        }
    }
}

void type_visit_storage(const struct program *program, uint32_t type, uint64_t size, bool all, void (*visit)(void *, int64_t), void *context) {
    visit_storage(program, type, 0, size, all, 0, visit, context);
}

/* Adds what holds `type`, transitively; `seen` keeps (outer, offset) apart. */
static void outer_collect(struct program *program, uint32_t type, uint64_t offset, int depth, struct map *seen, embedding_list *list) {
    if (depth > TYPE_DEPTH) {
        return;
    }
    const embedding_list *direct = &program->direct_outer[type];
    for (uint32_t i = 0; i < direct->count; i++) {
        struct embedding embedding = {direct->items[i].outer, direct->items[i].offset + offset};
        uint32_t value = 0;
        if (map_add(program->arena, seen, ((uint64_t)embedding.outer << 32) | (embedding.offset & UINT32_MAX), &value)) {
            *VECTOR_ADD(program->arena, list) = embedding;
            outer_collect(program, embedding.outer, embedding.offset, depth + 1, seen, list);
        }
    }
}

const embedding_list *type_outer(struct program *program, uint32_t type) {
    if (!program->all_outer[type]) {
        embedding_list *list = arena_allocate(program->arena, sizeof *list);
        struct map seen = {0};
        outer_collect(program, type, 0, 0, &seen, list);
        program->all_outer[type] = list;
    }
    return program->all_outer[type];
}

bool type_union_span(const struct program *program, uint32_t type, int64_t offset, int64_t *out_base, uint64_t *out_size) {
    int64_t base = 0;
    bool in_union = false;
    for (int depth = 0; type != NONE && offset >= 0 && depth < TYPE_DEPTH; depth++) {
        const struct type *at = type_at(program, type);
        if (at->kind == FACTS_ARRAY) {
            int64_t stride = (int64_t)type_size(program, at->target);
            if (stride <= 0 || (at->count && offset >= stride * (int64_t)at->count)) {
                return false;
            }
            if (in_union && at->count) {
                *out_base = base;
                *out_size = at->size;
                return true;
            }
            base += offset / stride * stride;
            offset %= stride;
            type = at->target;
            in_union = false;
        } else if (at->kind == FACTS_RECORD) {
            const struct member *member = member_at(program, at, offset);
            if (!member) {
                return false;
            }
            in_union |= at->is_union && at->member_count > 1;
            base += (int64_t)(member->bit_offset / 8);
            offset -= (int64_t)(member->bit_offset / 8);
            type = member->type;
        } else {
            return false;
        }
    }
    return false;
}

static void spell(const struct program *program, uint32_t type, int depth, struct text *text) {
    if (type == NONE || depth > 16) {
        text_append(text, "?");
        return;
    }
    const struct type *at = type_at(program, type);
    switch (at->kind) {
    case FACTS_VOID:
        text_append(text, "void");
        break;
    case FACTS_SCALAR:
    case FACTS_RECORD:
        text_append(text, at->name);
        break;
    case FACTS_POINTER:
        if (at->target != NONE && type_at(program, at->target)->kind == FACTS_FUNCTION) {
            const struct type *function = type_at(program, at->target);
            spell(program, function->target, depth + 1, text);
            text_append(text, " (*)(...)");
        } else {
            spell(program, at->target, depth + 1, text);
            text_append(text, " *");
        }
        break;
    case FACTS_ARRAY:
        spell(program, at->target, depth + 1, text);
        text_append_format(text, "[%llu]", (unsigned long long)at->count);
        break;
    case FACTS_FUNCTION:
        spell(program, at->target, depth + 1, text);
        text_append(text, " (...)");
        break;
    }
}

const char *type_spelling(struct program *program, uint32_t type) {
    struct text text = {0};
    spell(program, type, 0, &text);
    const char *copy = arena_copy(program->arena, text_string(&text), text.length);
    text_deinit(&text);
    return copy;
}
