#include "program.h"
#include <stdio.h>
#include <string.h>
#include "linker.h"

/* Where the definition of an external name stands. */
struct definition {
    uint32_t unit;
    uint32_t object;
    int rank; /* 4 strong, 3 inline (the unit's own, which the linker never sees), 2 weak, 1 only declared */
};

const char *program_file(const struct program *program, uint32_t file) {
    return file == NONE ? "" : program->files.strings.items[file];
}

struct placement program_place_global(const struct program *program, const char *name) {
    uint32_t at = names_find(&program->global_names, name);
    return at == MAP_NONE ? (struct placement){.object = NONE} : program->global_of_name[at];
}

uint32_t program_find_global(const struct program *program, const char *name) {
    return program_place_global(program, name).object;
}

struct placement program_place(const struct unit *unit, uint32_t object) {
    return (struct placement){unit->objects[object], unit->offsets ? unit->offsets[object] : 0};
}

int64_t placement_offset(int64_t offset, int64_t more) {
    int64_t sum = 0;
    bool known = offset != FACTS_OFFSET_UNKNOWN && more != FACTS_OFFSET_UNKNOWN && !__builtin_add_overflow(offset, more, &sum);
    return known ? sum : FACTS_OFFSET_UNKNOWN;
}

uint32_t string_number(struct linker *linker, const char *string) {
    return names_intern(linker->program->arena, &linker->strings, string);
}

/* ---- objects ---- */

static bool is_external(const struct facts_object *object) {
    return object->kind == FACTS_GLOBAL || (object->kind == FACTS_CODE && !(object->flags & FACTS_INTERNAL));
}

static bool is_alias(const struct facts_object *object) {
    return object->alias_of != FACTS_NONE && !(object->flags & FACTS_ENTRY_SYSCALL);
}

static struct place map_place(const struct unit *unit, struct facts_place place) {
    return (struct place){place.line && place.file != FACTS_NONE ? unit->files[place.file] : NONE, place.line, place.column};
}

static uint32_t object_add(struct linker *linker, uint32_t unit_index, uint32_t index) {
    struct program *program = linker->program;
    const struct unit *unit = &program->units[unit_index];
    const struct facts_object *from = &unit->facts->objects[index];
    uint32_t id = program->objects.count;
    *VECTOR_ADD(program->arena, &program->objects) = (struct object){.kind = from->kind,
                                                                     .name = from->name,
                                                                     .function = from->function,
                                                                     .root = from->name,
                                                                     .type = from->type == FACTS_NONE ? NONE : unit->types[from->type],
                                                                     .flags = from->flags,
                                                                     .section = from->section,
                                                                     .annotations = from->annotations,
                                                                     .place = map_place(unit, from->place),
                                                                     .function_index = NONE,
                                                                     .local_index = NONE,
                                                                     .also = NONE};
    return id;
}

static int definition_rank(const struct facts_object *object) {
    if (!(object->flags & FACTS_DEFINED) && !is_alias(object)) {
        return 1;
    }
    return (object->flags & FACTS_WEAK) ? 2 : (object->flags & FACTS_INLINE_HEADER) ? 3 : 4;
}

static struct definition *choose_definitions(struct linker *linker) {
    struct program *program = linker->program;
    VECTOR(struct definition) chosen = {0};
    for (uint32_t u = 0; u < program->unit_count; u++) {
        const struct facts_unit *unit = program->units[u].facts;
        for (uint32_t i = 0; i < unit->object_count; i++) {
            const struct facts_object *object = &unit->objects[i];
            if (!is_external(object)) {
                continue;
            }
            int rank = definition_rank(object);
            uint32_t name = names_intern(program->arena, &program->global_names, object->name);
            if (name == chosen.count) {
                *VECTOR_ADD(program->arena, &chosen) = (struct definition){u, i, rank};
            } else if (rank > chosen.items[name].rank) {
                chosen.items[name] = (struct definition){u, i, rank};
            }
        }
    }
    return chosen.items;
}

/* Unit function behind each CODE object of a unit; NONE = only declared. */
static uint32_t *functions_of_objects(struct program *program, const struct facts_unit *unit) {
    uint32_t *function_of = arena_allocate(program->arena, (unit->object_count + 1) * sizeof *function_of);
    for (uint32_t i = 0; i < unit->object_count; i++) {
        function_of[i] = NONE;
    }
    for (uint32_t f = 0; f < unit->function_count; f++) {
        function_of[unit->functions[f].object] = f;
    }
    return function_of;
}

static void function_add(struct linker *linker, uint32_t unit_index, uint32_t unit_function, uint32_t object) {
    struct program *program = linker->program;
    const struct unit *unit = &program->units[unit_index];
    const struct facts_function *facts = &unit->facts->functions[unit_function];
    struct object *code = &program->objects.items[object];
    code->function_index = program->functions.count;
    code->flags |= FACTS_DEFINED;
    *VECTOR_ADD(program->arena, &program->functions) = (struct function){.name = code->name,
                                                                         .object = object,
                                                                         .unit = unit_index,
                                                                         .facts = facts,
                                                                         .place = map_place(unit, facts->place),
                                                                         .internal = (code->flags & FACTS_INTERNAL) != 0};
}

/* What tells definitions of one kind and name apart that may be the same in several units. */
#define IDENTITY_WORDS 8

static void identity_of(struct linker *linker, uint32_t unit_index, uint32_t index, uint32_t unit_function, uint64_t *out_key) {
    const struct unit *unit = &linker->program->units[unit_index];
    const struct facts_object *object = &unit->facts->objects[index];
    struct place place = map_place(unit, object->place);
    uint64_t key[IDENTITY_WORDS] = {string_number(linker, object->name), string_number(linker, object->function), (uint64_t)object->kind, place.file};
    if (object->kind == FACTS_CODE && unit_function != NONE) {
        /* The digest stands for the body (docs/SOUNDNESS.md): what is cheap to compare is compared beside it. */
        const struct facts_function *body = &unit->facts->functions[unit_function];
        key[4] = body->digest;
        key[5] = ((uint64_t)body->place.line << 32) | body->end_line;
        key[6] = body->instruction_count;
        key[7] = body->value_count;
    } else if (object->kind != FACTS_CODE && !*object->function && place.line == 0) {
        key[4] = (uint64_t)unit_index + 1;
    }
    memcpy(out_key, key, sizeof key);
}

/* Statics and static functions of one unit; equal ones of other units are the same program object. */
static void link_internals(struct linker *linker, uint32_t unit_index, const uint32_t *function_of) {
    struct program *program = linker->program;
    struct unit *unit = &program->units[unit_index];
    for (uint32_t i = 0; i < unit->facts->object_count; i++) {
        const struct facts_object *object = &unit->facts->objects[i];
        if (is_external(object) || object->kind == FACTS_LOCAL || is_alias(object)) {
            continue;
        }
        if (object->kind == FACTS_LITERAL) {
            if (linker->literal == NONE) {
                linker->literal = object_add(linker, unit_index, i);
                program->objects.items[linker->literal].type = NONE;
            }
            unit->objects[i] = linker->literal;
            continue;
        }
        uint64_t key[IDENTITY_WORDS];
        identity_of(linker, unit_index, i, function_of[i], key);
        uint32_t id = program->objects.count;
        if (keys_add(program->arena, &linker->statics, key, IDENTITY_WORDS, &id)) {
            object_add(linker, unit_index, i);
            if (object->kind == FACTS_STATIC) {
                struct object *added = &program->objects.items[id];
                const char *file = program_file(program, added->place.file);
                added->root = *object->function ? arena_format(program->arena, "%s:%s:%s", file, object->function, object->name)
                                                : arena_format(program->arena, "%s:%s", file, object->name);
            } else if (function_of[i] != NONE) {
                function_add(linker, unit_index, function_of[i], id);
            }
        }
        unit->objects[i] = id;
    }
}

/* Locals belong to functions; only those of the function that stands for its equals get an object. */
static void link_locals(struct linker *linker, uint32_t unit_index) {
    struct program *program = linker->program;
    struct unit *unit = &program->units[unit_index];
    struct names by_name = {0};
    uint32_t *function_of = arena_allocate(program->arena, (unit->facts->function_count + 1) * sizeof *function_of);
    for (uint32_t f = 0; f < unit->facts->function_count; f++) {
        function_of[names_intern(program->arena, &by_name, unit->facts->objects[unit->facts->functions[f].object].name)] = f;
    }
    for (uint32_t i = 0; i < unit->facts->object_count; i++) {
        const struct facts_object *object = &unit->facts->objects[i];
        if (object->kind != FACTS_LOCAL) {
            continue;
        }
        unit->objects[i] = NONE;
        uint32_t name = names_find(&by_name, object->function);
        if (name == MAP_NONE) {
            continue;
        }
        uint32_t unit_function = function_of[name];
        uint32_t code = unit->objects[unit->facts->functions[unit_function].object];
        uint32_t index = code == NONE ? NONE : program->objects.items[code].function_index;
        if (index == NONE || program->functions.items[index].unit != unit_index ||
            program->functions.items[index].facts != &unit->facts->functions[unit_function]) {
            continue;
        }
        struct function *function = &program->functions.items[index];
        uint32_t id = object_add(linker, unit_index, i);
        program->objects.items[id].local_index = function->local_count;
        uint32_t *locals = arena_allocate(program->arena, (function->local_count + 1) * sizeof *locals);
        if (function->local_count) {
            memcpy(locals, function->locals, function->local_count * sizeof *locals);
        }
        locals[function->local_count++] = id;
        function->locals = locals;
        unit->objects[i] = id;
    }
}

static void set_placement(struct program *program, uint32_t unit_index, uint32_t index, struct placement at) {
    struct unit *unit = &program->units[unit_index];
    unit->objects[index] = at.object;
    if (at.offset && !unit->offsets) {
        unit->offsets = arena_allocate(program->arena, unit->facts->object_count * sizeof *unit->offsets);
    }
    if (unit->offsets) {
        unit->offsets[index] = at.offset;
    }
}

static struct placement resolve_alias(const struct program *program, uint32_t unit_index, uint32_t index) {
    const struct unit *unit = &program->units[unit_index];
    int64_t offset = 0;
    for (size_t steps = 0; steps < unit->facts->object_count && is_alias(&unit->facts->objects[index]); steps++) {
        offset = placement_offset(offset, unit->facts->objects[index].alias_offset);
        index = unit->facts->objects[index].alias_of;
    }
    struct placement end = program_place(unit, index);
    return (struct placement){end.object, placement_offset(offset, end.offset)};
}

static void link_also(struct program *program, uint32_t object, uint32_t also) {
    while (program->objects.items[object].also != NONE) {
        object = program->objects.items[object].also;
    }
    program->objects.items[object].also = also;
    program->functions.items[program->objects.items[also].function_index].alternative = true;
}

/*
 * External functions of one unit that another definition was chosen over: an inline function, which the compiler may use instead of the one that the
 * linker sees; a second function of the name, as a program of several images has. The unit's own calls mean its own one.
 */
static void link_alternatives(struct linker *linker, uint32_t unit_index, const uint32_t *function_of, const struct definition *chosen) {
    struct program *program = linker->program;
    struct unit *unit = &program->units[unit_index];
    for (uint32_t i = 0; i < unit->facts->object_count; i++) {
        const struct facts_object *object = &unit->facts->objects[i];
        if (object->kind != FACTS_CODE || !is_external(object) || function_of[i] == NONE || is_alias(object)) {
            continue;
        }
        const struct definition *other = &chosen[names_find(&program->global_names, object->name)];
        uint32_t first = unit->objects[i];
        int rank = definition_rank(object);
        if ((rank == 2 && other->rank == 4) || first == NONE || program->objects.items[first].function_index == NONE) {
            continue; /* overridden; an alias */
        }
        uint64_t key[IDENTITY_WORDS];
        identity_of(linker, unit_index, i, function_of[i], key);
        uint32_t id = program->objects.count;
        if (keys_add(program->arena, &linker->statics, key, IDENTITY_WORDS, &id)) {
            object_add(linker, unit_index, i);
            function_add(linker, unit_index, function_of[i], id);
            program->functions.items[program->objects.items[id].function_index].internal = rank == 3;
            if (rank != 3) {
                link_also(program, first, id);
            } else if (other->rank != 3) {
                link_also(program, id, first);
            }
        }
        unit->objects[i] = id;
    }
}

static void link_objects(struct linker *linker) {
    struct program *program = linker->program;
    struct definition *chosen = choose_definitions(linker);
    uint32_t names = program->global_names.strings.count;
    program->global_of_name = arena_allocate(program->arena, (names + 1) * sizeof *program->global_of_name);
    uint32_t **function_of = arena_allocate(program->arena, (program->unit_count + 1) * sizeof *function_of);
    for (uint32_t u = 0; u < program->unit_count; u++) {
        function_of[u] = functions_of_objects(program, program->units[u].facts);
    }
    for (uint32_t name = 0; name < names; name++) {
        const struct definition *definition = &chosen[name];
        const struct facts_object *object = &program->units[definition->unit].facts->objects[definition->object];
        program->global_of_name[name] = (struct placement){.object = NONE};
        if (!is_alias(object)) {
            uint32_t id = object_add(linker, definition->unit, definition->object);
            program->global_of_name[name].object = id;
            uint32_t body = function_of[definition->unit][definition->object];
            if (object->kind == FACTS_CODE && body != NONE) {
                uint64_t key[IDENTITY_WORDS];
                identity_of(linker, definition->unit, definition->object, body, key);
                keys_add(program->arena, &linker->statics, key, IDENTITY_WORDS, &id);
                function_add(linker, definition->unit, body, id);
            }
        }
    }
    for (uint32_t u = 0; u < program->unit_count; u++) {
        struct unit *unit = &program->units[u];
        for (uint32_t i = 0; i < unit->facts->object_count; i++) {
            const struct facts_object *object = &unit->facts->objects[i];
            unit->objects[i] = is_external(object) ? program_find_global(program, object->name) : NONE;
        }
        link_internals(linker, u, function_of[u]);
    }
    /* Names that are aliases: what their target's name means in the unit that makes the alias. */
    for (uint32_t name = 0; name < names; name++) {
        const struct definition *definition = &chosen[name];
        if (program->global_of_name[name].object == NONE) {
            struct placement target = resolve_alias(program, definition->unit, definition->object);
            bool found = target.object != NONE;
            program->global_of_name[name] = found ? target : (struct placement){object_add(linker, definition->unit, definition->object), 0};
        }
    }
    for (uint32_t u = 0; u < program->unit_count; u++) {
        struct unit *unit = &program->units[u];
        for (uint32_t i = 0; i < unit->facts->object_count; i++) {
            const struct facts_object *object = &unit->facts->objects[i];
            if (is_external(object)) {
                set_placement(program, u, i, program_place_global(program, object->name));
            }
        }
        for (uint32_t i = 0; i < unit->facts->object_count; i++) {
            const struct facts_object *object = &unit->facts->objects[i];
            if (!is_external(object) && is_alias(object)) {
                set_placement(program, u, i, resolve_alias(program, u, i));
            }
        }
        link_alternatives(linker, u, function_of[u], chosen);
        link_locals(linker, u);
    }
}

static void link_initialisers(struct linker *linker) {
    struct program *program = linker->program;
    struct keys seen = {0};
    for (uint32_t u = 0; u < program->unit_count; u++) {
        const struct unit *unit = &program->units[u];
        for (size_t i = 0; i < unit->facts->initialiser_count; i++) {
            const struct facts_initialiser *from = &unit->facts->initialisers[i];
            uint32_t object = unit->objects[from->object];
            struct placement at = program_place(unit, from->target);
            uint32_t target = at.object;
            int64_t target_offset = placement_offset(from->target_offset, at.offset);
            if (object == NONE || target == NONE || target == linker->literal || object == linker->literal) {
                continue;
            }
            const struct facts_object *holder = &unit->facts->objects[from->object];
            if ((holder->flags & FACTS_WEAK) && is_external(holder) && !(program->objects.items[object].flags & FACTS_WEAK)) {
                continue; /* another unit's definition stands */
            }
            uint64_t key[] = {object, from->offset, target, (uint64_t)target_offset};
            uint32_t value = 0;
            if (keys_add(program->arena, &seen, key, sizeof key / sizeof *key, &value)) {
                *VECTOR_ADD(program->arena, &program->initialisers) = (struct initialiser){object, from->offset, target, target_offset};
                for (; target != NONE; target = program->objects.items[target].also) {
                    program->objects.items[target].address_taken = true;
                }
            }
        }
    }
}

static void count_uses(struct program *program) {
    for (uint32_t f = 0; f < program->functions.count; f++) {
        const struct function *function = &program->functions.items[f];
        const struct unit *unit = &program->units[function->unit];
        for (size_t i = 0; i < function->facts->instruction_count; i++) {
            const struct facts_instruction *instruction = &function->facts->instructions[i];
            uint32_t object = instruction->object == FACTS_NONE ? NONE : unit->objects[instruction->object];
            if (object == NONE || program->objects.items[object].kind != FACTS_CODE) {
                continue;
            }
            for (; object != NONE; object = program->objects.items[object].also) {
                if (instruction->op == FACTS_ADDRESS) {
                    program->objects.items[object].address_taken = true;
                } else if (instruction->op == FACTS_CALL && program->objects.items[object].function_index != NONE) {
                    program->functions.items[program->objects.items[object].function_index].direct_callers++;
                }
            }
        }
    }
}

/* ---- files ---- */

static const char *common_directory(struct arena *arena, const struct facts_unit *const *units, uint32_t count) {
    const char *first = count ? units[0]->main_file : "";
    size_t length = strlen(first);
    for (uint32_t u = 0; u < count; u++) {
        size_t same = 0;
        while (same < length && units[u]->main_file[same] == first[same]) {
            same++;
        }
        length = same;
    }
    while (length && first[length - 1] != '/') {
        length--;
    }
    return arena_copy(arena, first, length ? length - 1 : 0);
}

static uint32_t intern_file(struct program *program, const char *path) {
    size_t length = strlen(program->source_root);
    if (length && strncmp(path, program->source_root, length) == 0 && path[length] == '/') {
        path += length + 1;
    }
    return names_intern(program->arena, &program->files, path);
}

void program_link(struct arena *arena, const struct facts_unit *const *units, uint32_t count, const char *source_root, struct program *out_program) {
    *out_program = (struct program){.arena = arena, .unit_count = count, .pointer_size = count ? units[0]->pointer_size : 8};
    struct program *program = out_program;
    program->source_root = source_root ? source_root : common_directory(arena, units, count);
    program->units = arena_allocate(arena, (count + 1) * sizeof *program->units);
    struct linker linker = {.program = program, .literal = NONE};
    type_shapes_init(program, &linker.shapes);
    for (uint32_t u = 0; u < count; u++) {
        struct unit *unit = &program->units[u];
        unit->facts = units[u];
        unit->types = arena_allocate(arena, (units[u]->type_count + 1) * sizeof *unit->types);
        unit->objects = arena_allocate(arena, (units[u]->object_count + 1) * sizeof *unit->objects);
        unit->files = arena_allocate(arena, (units[u]->file_count + 1) * sizeof *unit->files);
        unit->path = program_file(program, intern_file(program, units[u]->main_file));
        for (size_t f = 0; f < units[u]->file_count; f++) {
            unit->files[f] = intern_file(program, units[u]->files[f].path);
        }
        link_records(&linker, u);
    }
    link_tags(&linker);
    for (uint32_t u = 0; u < count; u++) {
        link_unit_types(&linker, u);
    }
    link_type_relations(&linker);
    link_objects(&linker);
    link_initialisers(&linker);
    count_uses(program);
}

uint32_t program_called_function(const struct program *program, const struct function *caller, const struct facts_instruction *instruction) {
    bool named = instruction->op == FACTS_CALL && instruction->object != FACTS_NONE;
    uint32_t object = named ? program->units[caller->unit].objects[instruction->object] : NONE;
    return object == NONE ? NONE : program->objects.items[object].function_index;
}
