#include "things.h"
#include "type_leaves.h"
#include <ctype.h>
#include <string.h>

/* Beyond so many offsets the offset is not followed any more. */
#define MAX_OFFSETS 192

static const struct type *type_at(const struct things *things, uint32_t type) {
    return &things->program->types.items[type];
}

static uint32_t thing_add(struct things *things, struct thing thing) {
    uint32_t id = things->items.count;
    *VECTOR_ADD(things->program->arena, &things->items) = thing;
    return id;
}

static enum thing_kind kind_of(const struct object *object) {
    switch (object->kind) {
    case FACTS_CODE:
        return THING_CODE;
    case FACTS_LITERAL:
        return THING_LITERAL;
    case FACTS_LOCAL:
        return THING_LOCAL;
    default:
        return THING_VARIABLE;
    }
}

/* "X" of "__start_X" and "__stop_X", else the name itself when it is only declared (a linker symbol), else NULL. */
static const char *bounded_section(const struct object *object) {
    if (object->kind != FACTS_GLOBAL || (object->flags & FACTS_DEFINED)) {
        return NULL;
    }
    if (strncmp(object->name, "__start_", 8) == 0) {
        return object->name + 8;
    }
    if (strncmp(object->name, "__stop_", 7) == 0) {
        return object->name + 7;
    }
    return object->name;
}

static bool section_matches(const char *section, const char *symbol) {
    while (*section == '.' || *section == '_') {
        section++;
    }
    while (*symbol == '.' || *symbol == '_') {
        symbol++;
    }
    static const char *const ends[] = {"_start", "_end", "_begin", "_stop"};
    size_t length = strlen(section);
    if (length && strcmp(section, symbol) == 0) {
        return true;
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t stem = strlen(symbol) - (strlen(symbol) < strlen(ends[i]) ? 0 : strlen(ends[i]));
        if (!stem || strcmp(symbol + stem, ends[i]) != 0) {
            continue;
        }
        /* Walks go from one symbol to any later one: __initcall4_start leads to .initcall4.init and .initcall6.init. */
        while (stem > 1 && isdigit((unsigned char)symbol[stem - 1])) {
            stem--;
        }
        if (strncmp(section, symbol, stem) == 0) {
            return true;
        }
    }
    return false;
}

/* A linker script may call the ends of a section as it likes: an array that nobody defines may be what objects of its type in sections make up. */
static void find_unnamed_section(struct things *things, uint32_t symbol) {
    struct program *program = things->program;
    const struct object *object = &program->objects.items[symbol];
    uint32_t element = object->type == NONE ? NONE : type_element(program, object->type);
    if (element == NONE || element == object->type ||
        (type_at(things, element)->kind != FACTS_RECORD && type_at(things, element)->kind != FACTS_POINTER)) {
        return;
    }
    for (uint32_t member = 0; member < program->objects.count; member++) {
        const struct object *in = &program->objects.items[member];
        bool placed = in->section && *in->section && (in->kind == FACTS_GLOBAL || in->kind == FACTS_STATIC) && member != symbol;
        if (placed && in->type != NONE && type_element(program, in->type) == element) {
            *VECTOR_ADD(program->arena, &things->sections[symbol]) = member;
            things->bounds_by_type[symbol] = true;
        }
    }
}

static void find_sections(struct things *things) {
    struct program *program = things->program;
    things->sections = arena_allocate(program->arena, (program->objects.count + 1) * sizeof *things->sections);
    things->bounds_by_type = arena_allocate(program->arena, program->objects.count + 1);
    for (uint32_t symbol = 0; symbol < program->objects.count; symbol++) {
        const char *section = bounded_section(&program->objects.items[symbol]);
        for (uint32_t member = 0; section && member < program->objects.count; member++) {
            const struct object *object = &program->objects.items[member];
            if (object->section && *object->section && (object->kind == FACTS_GLOBAL || object->kind == FACTS_STATIC) && member != symbol &&
                section_matches(object->section, section)) {
                *VECTOR_ADD(program->arena, &things->sections[symbol]) = member;
                things->items.items[member].is_array = true;
            }
        }
        if (section && things->sections[symbol].count == 0) {
            find_unnamed_section(things, symbol);
        }
    }
}

void things_init(struct program *program, struct frames *frames, struct things *out_things) {
    *out_things = (struct things){.program = program, .frames = frames, .literal = NONE, .pool = NONE, .pool_bytes = NONE};
    for (uint32_t i = 0; i < program->objects.count; i++) {
        const struct object *object = &program->objects.items[i];
        uint32_t id =
            thing_add(out_things, (struct thing){.kind = kind_of(object), .object = i, .type = object->type, .frame = NONE, .instruction = NONE});
        if (object->kind == FACTS_LITERAL) {
            out_things->literal = id;
        }
    }
    out_things->first_local = program->objects.count;
    for (uint32_t frame = 0; frame < frames->items.count; frame++) {
        const struct function *function = &program->functions.items[frames->items.items[frame].function];
        for (uint32_t local = 0; local < function->local_count; local++) {
            uint32_t object = function->locals[local];
            thing_add(out_things,
                      (struct thing){
                          .kind = THING_LOCAL, .object = object, .type = program->objects.items[object].type, .frame = frame, .instruction = NONE});
        }
    }
    find_sections(out_things);
}

bool thing_is_writable(const struct things *things, uint32_t thing) {
    const struct thing *at = &things->items.items[thing];
    const struct object *object = at->object == NONE ? NULL : &things->program->objects.items[at->object];
    bool data = object && object->section && (strncmp(object->section, ".data", 5) == 0 || strncmp(object->section, ".bss", 4) == 0);
    return at->kind != THING_CODE && at->kind != THING_LITERAL && !(object && (object->flags & FACTS_CONST) && !data);
}

uint32_t thing_of_object(const struct things *things, uint32_t frame, uint32_t object) {
    const struct object *at = &things->program->objects.items[object];
    if (at->kind == FACTS_LOCAL) {
        return things->first_local + things->frames->items.items[frame].locals + at->local_index;
    }
    return object;
}

uint32_t thing_heap(struct things *things, uint32_t frame, uint32_t instruction, uint32_t hint, uint64_t bytes, const char *allocator) {
    uint32_t id = things->items.count;
    if (!map_add(things->program->arena, &things->heap_of, ((uint64_t)frame << 32) | instruction, &id)) {
        return id;
    }
    if (hint != NONE) {
        const struct type *type = type_at(things, type_element(things->program, hint));
        if (type->kind == FACTS_VOID || (type->kind == FACTS_SCALAR && type->size <= 1) || type->size == 0) {
            hint = NONE; /* bytes: the real type may follow */
        }
    }
    /* Of unknown or larger size it is a row of them, unless the type itself ends in an array of any length. */
    bool array = hint != NONE && (bytes == 0 || bytes > type_at(things, hint)->size) && !type_has_open_end(things->program, hint);
    return thing_add(things, (struct thing){.kind = THING_HEAP,
                                            .object = NONE,
                                            .type = hint,
                                            .frame = frame,
                                            .instruction = instruction,
                                            .bytes = bytes,
                                            .is_array = array,
                                            .allocator = allocator});
}

uint32_t thing_any(struct things *things, uint32_t type) {
    uint32_t id = things->items.count;
    if (map_add(things->program->arena, &things->any_of, type, &id)) {
        thing_add(things, (struct thing){.kind = THING_ANY, .object = NONE, .type = type, .frame = NONE, .instruction = NONE, .open = true});
    }
    return id;
}

uint32_t thing_unknown_member(struct things *things, uint32_t type, int64_t offset, const char *detail) {
    uint32_t id = things->items.count;
    uint64_t key[] = {1, type, (uint64_t)offset};
    if (keys_add(things->program->arena, &things->unknown_of, key, 3, &id)) {
        thing_add(things, (struct thing){.kind = THING_UNKNOWN,
                                         .object = NONE,
                                         .type = NONE,
                                         .frame = NONE,
                                         .instruction = NONE,
                                         .open = true,
                                         .cause = "outside-memory",
                                         .detail = detail});
    }
    return id;
}

uint32_t thing_unknown(struct things *things, uint32_t frame, uint32_t instruction, uint32_t role, const char *cause, const char *detail) {
    uint32_t id = things->items.count;
    uint64_t key[] = {0, things->frames->items.items[frame].function, instruction, role};
    if (keys_add(things->program->arena, &things->unknown_of, key, 4, &id)) {
        thing_add(things, (struct thing){.kind = THING_UNKNOWN,
                                         .object = NONE,
                                         .type = NONE,
                                         .frame = frame,
                                         .instruction = instruction,
                                         .open = true,
                                         .cause = cause,
                                         .detail = detail});
    }
    return id;
}

static uint32_t pool_location(struct things *things, const char *detail) {
    uint32_t thing = thing_add(things, (struct thing){.kind = THING_UNKNOWN,
                                                      .object = NONE,
                                                      .type = NONE,
                                                      .frame = NONE,
                                                      .instruction = NONE,
                                                      .open = true,
                                                      .cause = "wide-pointer",
                                                      .detail = detail});
    return thing_location(things, thing, 0);
}

uint32_t thing_pool(struct things *things) {
    if (things->pool == NONE) {
        things->pool = pool_location(things, "");
        things->pool_bytes = pool_location(things, "bytes");
    }
    return things->pool;
}

uint32_t pointed_record(const struct program *program, uint32_t pointer) {
    if (pointer == NONE || program->types.items[pointer].kind != FACTS_POINTER) {
        return NONE;
    }
    uint32_t target = type_element(program, program->types.items[pointer].target);
    return target != NONE && program->types.items[target].kind == FACTS_RECORD ? target : NONE;
}

uint32_t thing_from_outside(struct things *things, uint32_t pointer, uint32_t frame, uint32_t instruction, uint32_t role, const char *cause,
                            const char *detail) {
    uint32_t record = pointed_record(things->program, pointer);
    return record != NONE ? thing_any(things, record) : thing_unknown(things, frame, instruction, role, cause, detail);
}

int64_t thing_fold(const struct things *things, uint32_t thing, int64_t offset) {
    const struct thing *at = &things->items.items[thing];
    bool has_places = at->kind == THING_ANY || at->kind == THING_HEAP || at->kind == THING_VARIABLE || at->kind == THING_LOCAL;
    if (!has_places || at->type == NONE) {
        return has_places ? offset : 0;
    }
    int64_t size = (int64_t)thing_size(things, at);
    offset = type_fold(things->program, at->type, offset);
    if (at->kind != THING_ANY && at->is_array && size > 0 && (offset >= size || offset < 0)) {
        offset = type_fold(things->program, at->type, ((offset % size) + size) % size);
    }
    return offset;
}

uint32_t thing_location(struct things *things, uint32_t thing, int64_t offset) {
    struct thing *at = &things->items.items[thing];
    int64_t size = (int64_t)thing_size(things, at);
    if (offset != OFFSET_ANY) {
        offset = thing_fold(things, thing, offset);
        bool bounded = at->kind == THING_HEAP || at->kind == THING_VARIABLE || at->kind == THING_LOCAL;
        if (bounded && at->type != NONE && size > 0 && (offset > size + SLACK || offset < -SLACK)) {
            return NONE;
        }
        if (offset > INT32_MAX / 2 || offset < INT32_MIN / 2) {
            offset = OFFSET_ANY;
        }
    }
    if (at->kind == THING_CODE || at->kind == THING_LITERAL || at->kind == THING_UNKNOWN) {
        offset = 0;
    }
    uint32_t id = things->locations.count;
    uint64_t key = ((uint64_t)thing << 32) | (uint32_t)(int32_t)offset;
    uint32_t found = map_get(&things->location_of, key);
    if (found != MAP_NONE) {
        return found;
    }
    if (offset != OFFSET_ANY && ++at->offset_count > MAX_OFFSETS) {
        /* In a typed thing only places outside of it can be so many; an untyped one may use them all. */
        if (at->type != NONE && (offset < 0 || offset > size)) {
            return NONE;
        }
        if (at->type == NONE) {
            return thing_location(things, thing, OFFSET_ANY);
        }
    }
    map_put(things->program->arena, &things->location_of, key, id);
    *VECTOR_ADD(things->program->arena, &things->locations) = (struct location){thing, (int32_t)offset};
    return id;
}
