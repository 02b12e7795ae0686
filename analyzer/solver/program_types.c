#include <string.h>
#include "linker.h"

static uint32_t tag_of(struct linker *linker, const char *name) {
    struct program *program = linker->program;
    return names_intern(program->arena, &program->tags, name);
}

/* First pass over a unit: gives every complete record its program type. */
void link_records(struct linker *linker, uint32_t unit_index) {
    struct program *program = linker->program;
    struct unit *unit = &program->units[unit_index];
    for (uint32_t i = 0; i < unit->facts->type_count; i++) {
        const struct facts_type *type = &unit->facts->types[i];
        unit->types[i] = NONE;
        if (type->kind != FACTS_RECORD) {
            continue;
        }
        tag_of(linker, type->name);
        if (type->is_incomplete) {
            continue;
        }
        uint32_t id = program->types.count;
        if (map_add(program->arena, &linker->records, type_shape_layout(&linker->shapes, unit_index, i), &id)) {
            struct type *added = VECTOR_ADD(program->arena, &program->types);
            *added = (struct type){.kind = FACTS_RECORD,
                                   .name = type->name,
                                   .target = NONE,
                                   .size = type->size,
                                   .is_union = type->is_union,
                                   .file = type->place.line ? unit->files[type->place.file] : NONE,
                                   .line = type->place.line};
        }
        unit->types[i] = id;
    }
}

void link_tags(struct linker *linker) {
    struct program *program = linker->program;
    uint32_t count = program->tags.strings.count;
    program->tag_first = arena_allocate(program->arena, (count + 1) * sizeof(uint32_t));
    linker->tag_definitions = arena_allocate(program->arena, (count + 1) * sizeof(uint32_t));
    linker->tag_incomplete = arena_allocate(program->arena, (count + 1) * sizeof(uint32_t));
    for (uint32_t tag = 0; tag < count; tag++) {
        program->tag_first[tag] = linker->tag_incomplete[tag] = NONE;
    }
    for (uint32_t type = 0; type < program->types.count; type++) {
        uint32_t tag = names_find(&program->tags, program->types.items[type].name);
        linker->tag_definitions[tag]++;
        if (program->tag_first[tag] == NONE) {
            program->tag_first[tag] = type;
        }
    }
}

static uint32_t intern_incomplete(struct linker *linker, const struct facts_type *type) {
    struct program *program = linker->program;
    uint32_t tag = tag_of(linker, type->name);
    if (linker->tag_definitions[tag] == 1) {
        return program->tag_first[tag];
    }
    if (linker->tag_incomplete[tag] == NONE) {
        linker->tag_incomplete[tag] = program->types.count;
        *VECTOR_ADD(program->arena, &program->types) =
            (struct type){.kind = FACTS_RECORD, .name = type->name, .target = NONE, .is_union = type->is_union, .is_incomplete = true, .file = NONE};
    }
    return linker->tag_incomplete[tag];
}

static uint32_t intern_type(struct linker *linker, uint32_t unit_index, uint32_t index, int depth) {
    struct program *program = linker->program;
    struct unit *unit = &program->units[unit_index];
    if (index == FACTS_NONE || depth > 200) {
        return NONE;
    }
    if (unit->types[index] != NONE) {
        return unit->types[index];
    }
    const struct facts_type *type = &unit->facts->types[index];
    if (type->kind == FACTS_RECORD) {
        return unit->types[index] = intern_incomplete(linker, type);
    }
    uint32_t target = intern_type(linker, unit_index, type->target, depth + 1);
    size_t parameter_count = type->kind == FACTS_FUNCTION ? type->member_count : 0;
    uint64_t *key = arena_allocate(program->arena, (6 + parameter_count) * sizeof *key);
    key[0] = (uint64_t)type->kind;
    key[1] = target;
    key[2] = type->kind == FACTS_SCALAR ? string_number(linker, type->name) : NONE;
    key[3] = type->kind == FACTS_ARRAY ? type->count : 0;
    key[4] = type->size;
    key[5] = type->kind == FACTS_FUNCTION && type->is_variadic;
    struct member *parameters = NULL;
    if (type->kind == FACTS_FUNCTION) {
        parameters = arena_allocate(program->arena, type->member_count * sizeof *parameters);
        for (size_t i = 0; i < type->member_count; i++) {
            parameters[i] = (struct member){.name = "", .type = intern_type(linker, unit_index, type->members[i].type, depth + 1)};
            key[6 + i] = parameters[i].type;
        }
    }
    uint32_t id = program->types.count;
    if (keys_add(program->arena, &linker->others, key, 6 + (uint32_t)parameter_count, &id)) {
        *VECTOR_ADD(program->arena, &program->types) = (struct type){.kind = type->kind,
                                                                     .name = type->name,
                                                                     .target = target,
                                                                     .size = type->size,
                                                                     .count = type->count,
                                                                     .is_variadic = type->is_variadic,
                                                                     .members = parameters,
                                                                     .member_count = (uint32_t)(parameters ? type->member_count : 0),
                                                                     .file = NONE};
    }
    return unit->types[index] = id;
}

/* Second pass: members of records, and everything that is no record. */
void link_unit_types(struct linker *linker, uint32_t unit_index) {
    struct program *program = linker->program;
    struct unit *unit = &program->units[unit_index];
    for (uint32_t i = 0; i < unit->facts->type_count; i++) {
        uint32_t id = intern_type(linker, unit_index, i, 0);
        const struct facts_type *type = &unit->facts->types[i];
        if (type->kind != FACTS_RECORD || type->is_incomplete || program->types.items[id].members || !type->member_count) {
            continue;
        }
        struct member *members = arena_allocate(program->arena, type->member_count * sizeof *members);
        for (size_t m = 0; m < type->member_count; m++) {
            const struct facts_member *member = &type->members[m];
            members[m] = (struct member){.name = member->name,
                                         .type = intern_type(linker, unit_index, member->type, 0),
                                         .bit_offset = member->bit_offset,
                                         .bit_size = member->bit_size,
                                         .bit_field = member->bit_field};
        }
        program->types.items[id].members = members;
        program->types.items[id].member_count = (uint32_t)type->member_count;
    }
}

/* "struct task", "FILE:struct task" where several types share the tag; a typedef's name gets its struct or union before it. */
static const char *record_root(struct linker *linker, const struct type *type) {
    struct program *program = linker->program;
    const char *kind = "";
    if (strncmp(type->name, "struct ", 7) != 0 && strncmp(type->name, "union ", 6) != 0) {
        kind = type->is_union ? "union " : "struct ";
    }
    uint32_t tag = names_find(&program->tags, type->name);
    if (linker->tag_definitions[tag] > 1 && type->file != NONE) {
        return arena_format(program->arena, "%s:%s%s", program_file(program, type->file), kind, type->name);
    }
    return *kind ? arena_format(program->arena, "%s%s", kind, type->name) : type->name;
}

/* A node of a list or tree: nothing but words and pointers, at least one of them to its own type. */
static bool record_is_link(const struct program *program, uint32_t id) {
    const struct type *type = &program->types.items[id];
    bool own = false;
    for (uint32_t m = 0; m < type->member_count; m++) {
        const struct type *member = &program->types.items[type->members[m].type];
        for (int level = 0; level < 2 && member->kind == FACTS_POINTER && member->target != NONE; level++) {
            own |= member->target == id;
            member = &program->types.items[member->target];
        }
        if (program->types.items[type->members[m].type].kind != FACTS_POINTER && member->kind != FACTS_SCALAR) {
            return false;
        }
    }
    return own && type->member_count <= 4;
}

void link_type_relations(struct linker *linker) {
    struct program *program = linker->program;
    program->direct_outer = arena_allocate(program->arena, (program->types.count + 1) * sizeof *program->direct_outer);
    program->all_outer = arena_allocate(program->arena, (program->types.count + 1) * sizeof(embedding_list *));
    for (uint32_t id = 0; id < program->types.count; id++) {
        struct type *type = &program->types.items[id];
        if (type->kind != FACTS_RECORD) {
            continue;
        }
        type->root = record_root(linker, type);
        type->is_link = record_is_link(program, id);
        for (uint32_t m = 0; m < type->member_count; m++) {
            uint32_t inner = type->members[m].type;
            for (int depth = 0; inner != NONE && program->types.items[inner].kind == FACTS_ARRAY && depth < 32; depth++) {
                inner = program->types.items[inner].target;
            }
            if (inner != NONE && program->types.items[inner].kind == FACTS_RECORD) {
                *VECTOR_ADD(program->arena, &program->direct_outer[inner]) = (struct embedding){id, type->members[m].bit_offset / 8};
            }
        }
    }
}
