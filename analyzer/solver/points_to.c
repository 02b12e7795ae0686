#include "points_to.h"
#include <string.h>
#include "asm_effect.h"
#include "pool.h"
#include "points_to_internal.h"

const struct facts_instruction *frame_instruction(const struct points_to *p, uint32_t frame, uint32_t instruction) {
    return &p->program->functions.items[p->frames->items.items[frame].function].facts->instructions[instruction];
}

static const struct unit *frame_unit(const struct points_to *p, uint32_t frame) {
    return &p->program->units[p->program->functions.items[p->frames->items.items[frame].function].unit];
}

uint32_t mapped_type(const struct points_to *p, uint32_t frame, uint32_t type) {
    return type == FACTS_NONE ? NONE : frame_unit(p, frame)->types[type];
}

uint32_t mapped_object(const struct points_to *p, uint32_t frame, uint32_t object) {
    return object == FACTS_NONE ? NONE : frame_unit(p, frame)->objects[object];
}

uint32_t value_type(const struct points_to *p, uint32_t frame, uint32_t value) {
    const struct facts_function *facts = p->program->functions.items[p->frames->items.items[frame].function].facts;
    return value == FACTS_NONE ? NONE : mapped_type(p, frame, facts->value_types[value]);
}

/* Bytes of the widest access that values of pointers travel by: integers and vectors of several words. */
#define MAX_ACCESS 64

static uint32_t own_node(struct points_to *p, uint32_t node) {
    if (!p->global) {
        return node;
    }
    if (!p->local_nodes[node]) {
        p->local_nodes[node] = node_add(p) + 1;
    }
    return p->local_nodes[node] - 1;
}

uint32_t value_node(struct points_to *p, uint32_t frame, uint32_t value) {
    return own_node(p, frame_value(p->frames, frame, value));
}

uint32_t return_node(struct points_to *p, uint32_t frame) {
    return own_node(p, frame_return(p->frames, frame));
}

const struct location_set *points_to_value(const struct points_to *p, uint32_t frame, uint32_t value) {
    uint32_t node = frame_value(p->frames, frame, value);
    if (p->global) {
        if (!p->local_nodes[node]) {
            return NULL;
        }
        node = p->local_nodes[node] - 1;
    }
    return &p->nodes.items[node_find(p, node)].set;
}

static void append_set(const struct points_to *p, uint32_t node, struct arena *arena, number_list *out) {
    const struct location_set *set = &p->nodes.items[node_find(p, node)].set;
    for (uint32_t i = 0; i < set->count; i++) {
        *VECTOR_ADD(arena, out) = location_set_at(set, i);
    }
}

void points_to_load(const struct points_to *p, uint32_t location, number_list *out) {
    struct location at = p->things->locations.items[location];
    if (location_is_pool(p->things, location)) {
        *VECTOR_ADD(p->program->arena, out) = location;
        return;
    }
    if (at.thing >= p->memory.count) {
        return;
    }
    const struct memory *memory = &p->memory.items[at.thing];
    if (at.offset == OFFSET_ANY) {
        for (uint32_t i = 0; i < memory->cells.count; i++) {
            append_set(p, memory->cells.items[i].read_node, p->program->arena, out);
        }
        return;
    }
    int32_t aligned = at.offset & ~(int32_t)(p->program->pointer_size - 1);
    uint32_t cell = map_get(&memory->cell_of, (uint32_t)aligned);
    if (cell != MAP_NONE) {
        append_set(p, memory->cells.items[cell].read_node, p->program->arena, out);
    }
    cell = map_get(&memory->cell_of, (uint32_t)OFFSET_ANY);
    if (cell != MAP_NONE) {
        append_set(p, memory->cells.items[cell].read_node, p->program->arena, out);
    }
}

/*
 * The record that an OFFSET starts from, NONE when it does not say: an OFFSET may also only name the member that an INDEX has already reached,
 * and with a first member the two look the same.
 */
uint32_t base_record(const struct points_to *p, uint32_t frame, const struct facts_instruction *instruction) {
    uint32_t record = mapped_type(p, frame, instruction->record);
    if (record == NONE || instruction->offset <= 0 || instruction->member >= p->program->types.items[record].member_count ||
        (uint64_t)instruction->offset * 8 != p->program->types.items[record].members[instruction->member].bit_offset) {
        return NONE;
    }
    return record;
}

/* ---- loads, stores and copies: cells in the whole program, what the whole program found in a closure ---- */

/* Where the locations that a load finds go: to the result, or first past the test of its declared type. */
static uint32_t loaded_node(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t result, uint32_t pointer) {
    if (frame_instruction(p, frame, instruction)->op != FACTS_LOAD || pointed_record(p->program, pointer) == NONE) {
        return value_node(p, frame, result);
    }
    uint32_t node = p->nodes.count;
    if (map_add(p->arena, &p->loaded_of, ((uint64_t)frame << 32) | instruction, &node)) {
        node_add(p);
        node_add_use(p, node, (struct use){frame, instruction, ROLE_LOADED});
        *VECTOR_ADD(p->arena, &p->typed) = (struct use){frame, instruction, ROLE_LOADED};
    }
    return node;
}

/* Adds what a node of the whole program's solution holds. That never changes any more, so once is enough, and its store is shared. */
static void read_node(struct points_to *p, uint32_t from, uint32_t to) {
    uint32_t source = node_find(p->global, from);
    to = node_find(p, to);
    uint32_t value = 0;
    if (map_add(p->arena, &p->read_seen, ((uint64_t)source << 32) | to, &value)) {
        node_add_set(p, to, &p->global->nodes.items[source].set);
    }
}

/* Closure: what the whole program found in the cells at a location. */
static void location_read_global(struct points_to *p, uint32_t location, uint32_t node) {
    struct location at = p->things->locations.items[location];
    if (location_is_pool(p->things, location)) {
        node_add_location(p, node, location);
        return;
    }
    if (at.thing >= p->global->memory.count) {
        return;
    }
    const struct memory *memory = &p->global->memory.items[at.thing];
    if (at.offset == OFFSET_ANY) {
        for (uint32_t i = 0; i < memory->cells.count; i++) {
            read_node(p, memory->cells.items[i].read_node, node);
        }
        return;
    }
    const int32_t offsets[] = {at.offset & ~(int32_t)(p->program->pointer_size - 1), OFFSET_ANY};
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        uint32_t cell = map_get(&memory->cell_of, (uint32_t)offsets[i]);
        if (cell != MAP_NONE) {
            read_node(p, memory->cells.items[cell].read_node, node);
        }
    }
}

void location_read(struct points_to *p, uint32_t location, uint32_t node, uint32_t pointer, uint32_t frame, uint32_t instruction) {
    const struct thing *thing = &p->things->items.items[p->things->locations.items[location].thing];
    if (!p->global || thing->kind == THING_UNKNOWN) {
        memory_read(p, location, node, pointer, frame, instruction);
    } else {
        location_read_global(p, location, node);
    }
}

/* The words after the first of an access that is wider than a pointer. */
static uint32_t next_word(struct points_to *p, uint32_t location, uint64_t size, uint64_t *word) {
    struct location at = p->things->locations.items[location];
    *word += p->program->pointer_size;
    return *word < size && size <= MAX_ACCESS && at.offset != OFFSET_ANY ? thing_location(p->things, at.thing, at.offset + (int64_t)*word) : NONE;
}

void location_load(struct points_to *p, uint32_t location, uint32_t frame, uint32_t instruction, uint32_t result, uint32_t pointer) {
    uint32_t node = loaded_node(p, frame, instruction, result, pointer);
    uint64_t word = 0;
    uint64_t size = frame_instruction(p, frame, instruction)->op == FACTS_LOAD ? frame_instruction(p, frame, instruction)->size : 0;
    for (uint32_t at = location; at != NONE; at = next_word(p, location, size, &word)) {
        location_read(p, at, node, pointer, frame, instruction);
    }
}

static void copy_all(struct points_to *p, const struct use *use, uint32_t other, bool location_is_target, uint32_t location, uint64_t size) {
    if (p->global || other == FACTS_NONE) {
        return;
    }
    uint32_t node = node_find(p, value_node(p, use->frame, other));
    const struct facts_instruction *instruction = frame_instruction(p, use->frame, use->instruction);
    bool number = instruction->op == FACTS_COPYMEM && instruction->record != FACTS_NONE && size && size < p->program->pointer_size;
    for (uint32_t i = 0; i < p->nodes.items[node_find(p, node)].set.count; i++) {
        uint32_t partner = location_set_at(&p->nodes.items[node_find(p, node)].set, i);
        uint32_t from = location_is_target ? partner : location;
        if (!number || memory_holds_piece(p, from, size)) {
            memory_copy(p, location_is_target ? location : partner, from, size);
        }
    }
}

struct asm_effect frame_asm_effect(const struct points_to *p, uint32_t frame, const struct facts_instruction *instruction) {
    struct program *program = p->program;
    uint32_t index = program->asm_effects.count;
    if (map_add(program->arena, &program->asm_effect_of, (uint64_t)(uintptr_t)instruction, &index)) {
        struct asm_effect *effect = arena_allocate(program->arena, sizeof *effect);
        *effect = asm_effect_of(instruction, asm_machine_of(frame_unit(p, frame)->facts->target));
        *VECTOR_ADD(program->arena, &program->asm_effects) = effect;
    }
    return *program->asm_effects.items[index];
}

/* ---- constraints ---- */

static void add_all(struct points_to *p, uint32_t node, number_list *locations) {
    for (uint32_t i = 0; i < locations->count; i++) {
        node_add_location(p, node, locations->items[i]);
    }
    locations->count = 0;
}

static void address_start(struct points_to *p, uint32_t frame, const struct facts_instruction *instruction) {
    uint32_t object = mapped_object(p, frame, instruction->object);
    if (object == NONE) {
        return;
    }
    uint32_t node = value_node(p, frame, instruction->result);
    const number_list *section = &p->things->sections[object];
    for (uint32_t i = 0; i < section->count; i++) {
        node_add_location(p, node, thing_location(p->things, section->items[i], 0));
    }
    if (section->count == 0 || p->program->objects.items[object].type == NONE || p->things->bounds_by_type[object]) {
        int64_t offset = placement_offset(program_place(frame_unit(p, frame), instruction->object).offset, instruction->offset);
        node_add_location(p, node, thing_location_at(p->things, thing_of_object(p->things, frame, object), offset));
    }
}

static bool is_integer(const struct points_to *p, uint32_t type) {
    return type == NONE || p->program->types.items[type].kind == FACTS_SCALAR;
}

static void copy_start(struct points_to *p, uint32_t frame, uint32_t number) {
    const struct facts_instruction *instruction = frame_instruction(p, frame, number);
    uint32_t type = mapped_type(p, frame, instruction->type);
    bool pointer = type != NONE && p->program->types.items[type].kind == FACTS_POINTER;
    if (pointer && is_integer(p, value_type(p, frame, instruction->a))) {
        *VECTOR_ADD(p->arena, &p->casts) = (struct use){frame, number, ROLE_A};
    }
    if (pointer && pointed_record(p->program, type) != NONE) {
        node_add_use(p, value_node(p, frame, instruction->a), (struct use){frame, number, ROLE_A});
        *VECTOR_ADD(p->arena, &p->typed) = (struct use){frame, number, ROLE_A};
    } else {
        node_add_edge(p, value_node(p, frame, instruction->a), value_node(p, frame, instruction->result));
    }
}

void instruction_start(struct points_to *p, uint32_t frame, uint32_t number) {
    const struct facts_instruction *instruction = frame_instruction(p, frame, number);
    struct use use = {frame, number, ROLE_A};
    switch (instruction->op) {
    case FACTS_ADDRESS:
        address_start(p, frame, instruction);
        break;
    case FACTS_COPY:
        if (instruction->a != FACTS_NONE && instruction->result != FACTS_NONE) {
            copy_start(p, frame, number);
        }
        break;
    case FACTS_OFFSET:
    case FACTS_INDEX:
    case FACTS_ARITH:
        if (instruction->a != FACTS_NONE) {
            node_add_use(p, value_node(p, frame, instruction->a), use);
        }
        if (instruction->op == FACTS_OFFSET && instruction->a != FACTS_NONE && base_record(p, frame, instruction) != NONE) {
            *VECTOR_ADD(p->arena, &p->typed) = use;
        }
        if (instruction->op == FACTS_ARITH && instruction->b != FACTS_NONE) {
            use.role = ROLE_B;
            node_add_use(p, value_node(p, frame, instruction->b), use);
        }
        break;
    case FACTS_LOAD:
        if (instruction->a != FACTS_NONE && instruction->result != FACTS_NONE) {
            node_add_use(p, value_node(p, frame, instruction->a), use);
        }
        break;
    case FACTS_STORE:
        if (instruction->a != FACTS_NONE && instruction->b != FACTS_NONE && !p->global) {
            node_add_use(p, value_node(p, frame, instruction->a), use);
        }
        break;
    case FACTS_COPYMEM:
        if (instruction->a != FACTS_NONE && instruction->b != FACTS_NONE && !p->global) {
            node_add_use(p, value_node(p, frame, instruction->a), use);
            use.role = ROLE_B;
            node_add_use(p, value_node(p, frame, instruction->b), use);
        }
        break;
    case FACTS_CALL:
        call_start(p, frame, number);
        break;
    case FACTS_RETURN:
        if (instruction->a != FACTS_NONE) {
            node_add_edge(p, value_node(p, frame, instruction->a), return_node(p, frame));
        }
        break;
    case FACTS_ASM:
        assembly_start(p, frame, number);
        break;
    case FACTS_UNKNOWN:
        if (instruction->result != FACTS_NONE) {
            uint32_t type = value_type(p, frame, instruction->result);
            if (type != NONE && p->program->types.items[type].kind == FACTS_POINTER) {
                uint32_t thing = thing_from_outside(p->things, type, frame, number, ROLE_A, *instruction->text ? instruction->text : "unknown", "");
                node_add_location(p, value_node(p, frame, instruction->result), thing_location(p->things, thing, 0));
            }
        }
        break;
    case FACTS_FILL:
    case FACTS_FREE_END:
        break;
    }
}

static bool points_to_bytes(const struct points_to *p, uint32_t type) {
    if (type == NONE || p->program->types.items[type].kind != FACTS_POINTER || p->program->types.items[type].target == NONE) {
        return false;
    }
    uint32_t target = type_element(p->program, p->program->types.items[type].target);
    return target != NONE && p->program->types.items[target].kind == FACTS_SCALAR && p->program->types.items[target].size == 1;
}

/* Something that code outside may hold. */
void escape_thing(struct points_to *p, uint32_t thing) {
    const struct thing *at = &p->things->items.items[thing];
    if (at->kind != THING_CODE) {
        memory_open(p, thing);
        return;
    }
    for (uint32_t code = at->object; code != NONE; code = p->program->objects.items[code].also) {
        if (p->program->objects.items[code].function_index != NONE) {
            call_parameters_from_outside(p, p->program->objects.items[code].function_index);
        }
    }
}

#define MAX_TRACED 8

/* Bytes of the record whose words a pointer walks: it was cast from a pointer to one that is larger than a step, here or in the caller. 0 = none. */
static uint64_t walked_record(const struct points_to *p, uint32_t frame, uint32_t value, int64_t stride, int depth) {
    uint32_t record = pointed_record(p->program, value_type(p, frame, value));
    uint64_t size = record == NONE ? 0 : p->program->types.items[record].size;
    const struct frame *at = &p->frames->items.items[frame];
    const struct facts_function *facts = p->program->functions.items[at->function].facts;
    if (depth > MAX_TRACED) {
        return 0;
    }
    if (record != NONE) {
        return depth && stride > 0 && size > (uint64_t)stride ? size : 0;
    }
    for (uint32_t i = 0; i < facts->parameter_count && at->parent != NONE; i++) {
        const struct facts_instruction *call = frame_instruction(p, at->parent, at->call);
        if (facts->parameters[i] == value && i < call->argument_count && call->arguments[i] != FACTS_NONE) {
            size = walked_record(p, at->parent, call->arguments[i], stride, depth + 1);
        }
    }
    for (size_t i = 0; i < facts->instruction_count && size == 0; i++) {
        if (facts->instructions[i].op == FACTS_COPY && facts->instructions[i].result == value && facts->instructions[i].a != FACTS_NONE) {
            size = walked_record(p, frame, facts->instructions[i].a, stride, depth + 1);
        }
    }
    return size;
}

static uint64_t index_walks(struct points_to *p, const struct use *use, const struct facts_instruction *instruction) {
    uint64_t key = ((uint64_t)use->frame << 32) | use->instruction;
    uint32_t known = map_get(&p->walked_of, key);
    if (instruction->size || known != MAP_NONE) {
        return instruction->size ? 0 : known;
    }
    uint64_t size = walked_record(p, use->frame, instruction->a, instruction->offset, 0);
    map_put(p->arena, &p->walked_of, key, size < INT32_MAX ? (uint32_t)size : 0);
    return size;
}

/* "Any T" that stands for what lies in the pool is in the pool itself. */
static void pool_results(struct points_to *p, uint32_t from) {
    for (uint32_t i = 0; location_is_pool(p->things, from) && !p->global && i < p->scratch.count; i++) {
        pool_add(p, p->things->locations.items[p->scratch.items[i]].thing);
    }
}

/* What is somewhere in the pool, and is declared to be a pointer to a record, leads to one. */
static void type_results(struct points_to *p, uint32_t frame, uint32_t value) {
    uint32_t record = pointed_record(p->program, value_type(p, frame, value));
    for (uint32_t i = 0; record != NONE && i < p->scratch.count; i++) {
        if (p->scratch.items[i] != p->things->pool) {
            continue;
        }
        p->scratch.items[i] = p->scratch.items[--p->scratch.count];
        number_list objects = {0};
        location_view(p->things, record, &objects);
        for (uint32_t o = 0; o < objects.count; o++) {
            *VECTOR_ADD(p->arena, &p->scratch) = objects.items[o];
        }
        pool_results(p, p->things->pool);
        return;
    }
}

/* The record that the pointer is declared to lead to which a use looks at; NONE. */
static uint32_t use_record(const struct points_to *p, const struct use *use) {
    if (use->role == ROLE_ESCAPE || use->role == ROLE_POOL) {
        return NONE;
    }
    const struct facts_instruction *instruction = frame_instruction(p, use->frame, use->instruction);
    const struct model *model = NULL;
    uint32_t value = FACTS_NONE;
    switch (use->role) {
    case ROLE_A:
    case ROLE_B:
        value = instruction->op == FACTS_ASM ? FACTS_NONE : use->role == ROLE_A ? instruction->a : instruction->b;
        break;
    case ROLE_COPY_TO:
    case ROLE_COPY_FROM:
        model = call_model(p, mapped_object(p, use->frame, instruction->object));
        value =
            model && model->copies_to >= 0 ? instruction->arguments[use->role == ROLE_COPY_TO ? model->copies_to : model->copies_from] : FACTS_NONE;
        break;
    default:
        if (use->role >= ROLE_OPERAND) {
            value = instruction->operands[use->role - (use->role >= ROLE_TARGET ? ROLE_TARGET : ROLE_OPERAND)].value;
        }
        break;
    }
    return value == FACTS_NONE ? NONE : pointed_record(p->program, value_type(p, use->frame, value));
}

/* "Somewhere in the pool", at a pointer to a record: shown as the objects that it can be. */
static void use_view(struct points_to *p, const struct use *use, uint32_t record) {
    number_list objects = {0};
    location_view(p->things, record, &objects);
    for (uint32_t i = 0; i < objects.count; i++) {
        if (!p->global) {
            pool_add(p, p->things->locations.items[objects.items[i]].thing);
        }
        use_location(p, use, objects.items[i]);
    }
    arena_recycle(p->program->arena, objects.items, objects.capacity * sizeof *objects.items);
}

/* The record that a use takes a pointer's targets for: what the pointer is declared to lead to, else what it is made into. */
static uint32_t viewed_record(const struct points_to *p, const struct use *use) {
    uint32_t record = use_record(p, use);
    if (record != NONE || use->role == ROLE_ESCAPE || use->role == ROLE_POOL || (use->role != ROLE_A && use->role != ROLE_LOADED)) {
        return record;
    }
    const struct facts_instruction *instruction = frame_instruction(p, use->frame, use->instruction);
    switch (instruction->op) {
    case FACTS_OFFSET:
        return base_record(p, use->frame, instruction);
    case FACTS_COPY:
    case FACTS_LOAD:
        return pointed_record(p->program, mapped_type(p, use->frame, instruction->type));
    default:
        return NONE;
    }
}

static void note_pool_use(struct points_to *p, const struct use *use) {
    uint32_t record = viewed_record(p, use);
    if (record == NONE || p->global) {
        return;
    }
    while (p->pool_uses.count <= record) {
        (void)VECTOR_ADD(p->arena, &p->pool_uses);
    }
    *VECTOR_ADD(p->arena, &p->pool_uses.items[record]) = *use;
}

void pool_show(struct points_to *p, uint32_t location, uint32_t record) {
    for (uint32_t i = 0; record < p->pool_uses.count && i < p->pool_uses.items[record].count; i++) {
        struct use use = p->pool_uses.items[record].items[i];
        use_location(p, &use, location);
    }
}

void use_location(struct points_to *p, const struct use *use, uint32_t location) {
    uint32_t record = location == p->things->pool ? use_record(p, use) : NONE;
    if (location == p->things->pool) {
        note_pool_use(p, use);
    }
    if (record != NONE) {
        use_view(p, use, record);
        return;
    }
    if (use->role == ROLE_ESCAPE) {
        if (location_is_pool(p->things, location)) {
            pool_escape(p);
        } else {
            escape_thing(p, p->things->locations.items[location].thing);
        }
        return;
    }
    if (use->role == ROLE_POOL) {
        pool_add(p, p->things->locations.items[location].thing);
        return;
    }
    if (use->role >= ROLE_DEFERRED && use->role < ROLE_DEFERRED_OBJECT + MODEL_DEFERRED) {
        deferred_location(p, use, location);
        return;
    }
    const struct facts_instruction *instruction = frame_instruction(p, use->frame, use->instruction);
    p->scratch.count = 0;
    switch (use->role) {
    case ROLE_CALLEE:
    case ROLE_CALLEE_AT:
        if (instruction->op == FACTS_ASM) {
            assembly_called_location(p, use, location);
        } else {
            call_indirect(p, use->frame, use->instruction, location);
        }
        return;
    case ROLE_CALLBACK:
        call_model_callback(p, use->frame, use->instruction, location);
        return;
    case ROLE_COPY_TO:
    case ROLE_COPY_FROM: {
        const struct model *model = call_model(p, mapped_object(p, use->frame, instruction->object));
        if (!model || model->copies_to == MODEL_NO_ARGUMENT) {
            return;
        }
        int64_t size = model->size >= 0 && (size_t)model->size < instruction->argument_count ? instruction->constants[model->size] : 0;
        bool target = use->role == ROLE_COPY_TO;
        uint32_t to = model->copies_to == MODEL_RESULT ? instruction->result : instruction->arguments[model->copies_to];
        copy_all(p, use, target ? instruction->arguments[model->copies_from] : to, target, location, size > 0 ? (uint64_t)size : 0);
        return;
    }
    default:
        break;
    }
    if (use->role >= ROLE_OPERAND) {
        assembly_location(p, use, location);
        return;
    }
    uint32_t result = instruction->result == FACTS_NONE ? NONE : value_node(p, use->frame, instruction->result);
    if (use->role == ROLE_LOADED) {
        location_cast(p->things, location, pointed_record(p->program, mapped_type(p, use->frame, instruction->type)), false, &p->scratch);
        pool_results(p, location);
        add_all(p, result, &p->scratch);
        return;
    }
    switch (instruction->op) {
    case FACTS_COPY:
        location_cast(p->things, location, pointed_record(p->program, mapped_type(p, use->frame, instruction->type)),
                      points_to_bytes(p, value_type(p, use->frame, instruction->a)), &p->scratch);
        break;
    case FACTS_OFFSET:
        location_offset(p->things, location, instruction->offset, base_record(p, use->frame, instruction), &p->scratch);
        break;
    case FACTS_INDEX:
        location_index(p->things, location, instruction->offset, instruction->size, index_walks(p, use, instruction), &p->scratch);
        break;
    case FACTS_ARITH:
        location_arithmetic(p->things, location, instruction, use->role == ROLE_B, &p->scratch);
        break;
    case FACTS_LOAD:
        location_load(p, location, use->frame, use->instruction, instruction->result, mapped_type(p, use->frame, instruction->type));
        return;
    case FACTS_STORE: {
        uint64_t word = 0;
        for (uint32_t at = location; at != NONE; at = next_word(p, location, instruction->size, &word)) {
            memory_write(p, at, value_node(p, use->frame, instruction->b), mapped_type(p, use->frame, instruction->type));
        }
        return;
    }
    case FACTS_ASM: {
        uint32_t to = 0;
        uint32_t from = 0;
        if (asm_copies(instruction, &to, &from)) {
            copy_all(p, use, use->role == ROLE_A ? from : to, use->role == ROLE_A, location, 0);
        }
        return;
    }
    case FACTS_COPYMEM:
        copy_all(p, use, use->role == ROLE_A ? instruction->b : instruction->a, use->role == ROLE_A, location, instruction->size);
        return;
    default:
        return;
    }
    if (result != NONE) {
        pool_results(p, location);
        type_results(p, use->frame, instruction->result);
        add_all(p, result, &p->scratch);
    }
}
