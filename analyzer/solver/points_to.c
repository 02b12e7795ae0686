#include "points_to.h"
#include <string.h>
#include "asm_effect.h"
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
    uint32_t own = p->nodes.count;
    if (map_add(p->arena, &p->local_nodes, node, &own)) {
        node_add(p);
    }
    return own;
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
        node = map_get(&p->local_nodes, node);
        if (node == MAP_NONE) {
            return NULL;
        }
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

void location_read(struct points_to *p, uint32_t location, uint32_t node, uint32_t pointer, uint32_t frame, uint32_t instruction) {
    const struct thing *thing = &p->things->items.items[p->things->locations.items[location].thing];
    if (!p->global || thing->kind == THING_UNKNOWN) {
        memory_read(p, location, node, pointer, frame, instruction);
        return;
    }
    p->loaded.count = 0;
    points_to_load(p->global, location, &p->loaded);
    for (uint32_t i = 0; i < p->loaded.count; i++) {
        node_add_location(p, node, p->loaded.items[i]);
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
    return asm_effect_of(instruction, asm_machine_of(frame_unit(p, frame)->facts->target));
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
        node_add_location(p, node, thing_location(p->things, thing_of_object(p->things, frame, object), instruction->offset));
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

static void instruction_start(struct points_to *p, uint32_t frame, uint32_t number) {
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
static void escape_location(struct points_to *p, uint32_t location) {
    uint32_t thing = p->things->locations.items[location].thing;
    const struct thing *at = &p->things->items.items[thing];
    if (at->kind != THING_CODE) {
        memory_open(p, thing);
    } else if (p->program->objects.items[at->object].function_index != NONE) {
        call_parameters_from_outside(p, p->program->objects.items[at->object].function_index);
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

/* Shows one location to one use. */
static void use_location(struct points_to *p, const struct use *use, uint32_t location) {
    if (use->role == ROLE_ESCAPE) {
        escape_location(p, location);
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
            memory_write(p, at, value_node(p, use->frame, instruction->b));
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
        add_all(p, result, &p->scratch);
    }
}

void instance_activate(struct points_to *p, uint32_t instance) {
    if (p->active[instance]) {
        return;
    }
    p->active[instance] = true;
    *VECTOR_ADD(p->arena, &p->instances) = instance;
}

static void instance_start(struct points_to *p, uint32_t instance) {
    struct instance at = p->frames->instances.items[instance];
    for (uint32_t frame = at.first_frame; frame < at.first_frame + at.frame_count; frame++) {
        uint32_t count = 0;
        frame_instructions(p->frames, frame, &count);
        for (uint32_t i = 0; i < count; i++) {
            instruction_start(p, frame, i);
        }
    }
}

/* Shows all new locations to all uses. */
static void show_fresh(struct points_to *p) {
    number_list fresh = p->fresh;
    p->fresh = (number_list){0};
    for (uint32_t n = 0; n < fresh.count; n++) {
        uint32_t node = node_find(p, fresh.items[n]);
        while (p->nodes.items[node].seen < p->nodes.items[node].set.count) {
            uint32_t from = p->nodes.items[node].seen;
            uint32_t to = p->nodes.items[node].set.count;
            uint32_t uses = p->nodes.items[node].uses.count;
            p->nodes.items[node].seen = to;
            for (uint32_t u = 0; u < uses; u++) {
                struct use use = p->nodes.items[node].uses.items[u];
                for (uint32_t i = from; i < to; i++) {
                    use_location(p, &use, location_set_at(&p->nodes.items[node].set, i));
                }
            }
        }
    }
}

static void settle(struct points_to *p) {
    uint32_t started = 0;
    for (;;) {
        while (started < p->instances.count) {
            instance_start(p, p->instances.items[started++]);
        }
        if (!p->global) {
            memory_register(p);
        }
        node_graph_propagate(p);
        if (p->fresh.count) {
            show_fresh(p);
            continue;
        }
        if (started < p->instances.count || p->heap.count) {
            continue;
        }
        bool more = call_finish(p);
        more = more || (!p->global && finish_entries(p));
        more = more || finish_casts(p);
        more = more || finish_mismatches(p);
        more = more || (!p->global && memory_fill_links(p));
        if (!more && !p->fresh.count && !p->heap.count && started == p->instances.count) {
            return;
        }
    }
}

static void allocate_flags(struct points_to *p) {
    p->active = arena_allocate(p->arena, p->frames->instances.count + 1);
    p->called = arena_allocate(p->arena, p->program->functions.count + 1);
    p->modelled = arena_allocate(p->arena, p->program->functions.count + 1);
    p->outside_called = arena_allocate(p->arena, p->program->functions.count + 1);
}

void points_to_solve(struct program *program, struct frames *frames, struct things *things, const struct models *models, const bool *entry,
                     bool open_world, struct points_to *out_points_to) {
    *out_points_to = (struct points_to){
        .arena = program->arena, .program = program, .frames = frames, .things = things, .models = models, .entry = entry, .open_world = open_world};
    struct points_to *p = out_points_to;
    allocate_flags(p);
    for (uint32_t i = 0; i < frames->value_count; i++) {
        node_add(p);
    }
    p->escape = node_add(p);
    node_add_use(p, p->escape, (struct use){0, 0, ROLE_ESCAPE});
    memory_register(p);
    for (uint32_t i = 0; i < program->objects.count; i++) {
        p->returns_twice |= (program->objects.items[i].flags & FACTS_SETJMP) != 0;
    }
    for (uint32_t i = 0; i < program->initialisers.count; i++) {
        const struct initialiser *from = &program->initialisers.items[i];
        uint32_t cell = program->objects.items[from->object].kind == FACTS_CODE ? NONE : memory_cell(p, from->object, (int64_t)from->offset);
        if (cell == NONE) {
            continue;
        }
        uint32_t node = p->memory.items[from->object].cells.items[cell].node;
        const number_list *section = &things->sections[from->target];
        for (uint32_t s = 0; s < section->count; s++) {
            node_add_location(p, node, thing_location(things, section->items[s], 0));
        }
        node_add_location(p, node, thing_location(things, from->target, from->target_offset));
    }
    if (open_world) {
        for (uint32_t i = 0; i < program->objects.count; i++) {
            const struct object *object = &program->objects.items[i];
            /* Kept for somebody whom this source does not show: what walks the section, the hardware, a debugger. */
            bool kept = object->kind == FACTS_STATIC && (object->flags & FACTS_USED) && !things->items.items[i].is_array;
            if (object->kind == FACTS_GLOBAL || kept) {
                memory_open(p, i);
            }
        }
    }
    for (uint32_t i = 0; i < frames->instances.count; i++) {
        instance_activate(p, i);
    }
    start_entries(p);
    settle(p);
}

void points_to_solve_closure(const struct points_to *global, struct arena *arena, uint32_t function, struct points_to *out_closure) {
    *out_closure = (struct points_to){.arena = arena,
                                      .program = global->program,
                                      .frames = global->frames,
                                      .things = global->things,
                                      .models = global->models,
                                      .global = global,
                                      .entry = global->entry,
                                      .ends = global->ends,
                                      .returns_twice = global->returns_twice,
                                      .open_world = global->open_world};
    struct points_to *p = out_closure;
    allocate_flags(p);
    p->escape = node_add(p);
    uint32_t instance = p->frames->instance_of[function];
    if (instance == NONE) {
        return;
    }
    uint32_t frame = p->frames->instances.items[instance].first_frame;
    const struct facts_function *facts = p->program->functions.items[function].facts;
    for (uint32_t i = 0; i < facts->parameter_count; i++) {
        const struct location_set *set = facts->parameters[i] == FACTS_NONE ? NULL : points_to_value(global, frame, facts->parameters[i]);
        for (uint32_t l = 0; set && l < set->count; l++) {
            node_add_location(p, value_node(p, frame, facts->parameters[i]), location_set_at(set, l));
        }
    }
    instance_activate(p, instance);
    settle(p);
}
