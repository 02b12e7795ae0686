#include <string.h>
#include "points_to_internal.h"
#include "pool.h"

const struct model *call_model(const struct points_to *p, uint32_t object) {
    return object == NONE ? NULL : models_find(p->models, p->program->objects.items[object].name);
}

bool call_ends_transaction(const struct points_to *p, uint32_t object) {
    return object != NONE && (p->program->objects.items[object].flags & FACTS_NORETURN) && !p->returns_twice;
}

struct call_targets *call_entry(struct points_to *p, uint32_t frame, uint32_t instruction) {
    uint32_t index = p->calls.count;
    if (map_add(p->arena, &p->call_of, ((uint64_t)frame << 32) | instruction, &index)) {
        *VECTOR_ADD(p->arena, &p->calls) = (struct call_targets){.frame = frame, .instruction = instruction};
    }
    return &p->calls.items[index];
}

const struct call_targets *points_to_targets(const struct points_to *p, uint32_t frame, uint32_t instruction) {
    uint32_t index = map_get(&p->call_of, ((uint64_t)frame << 32) | instruction);
    return index == MAP_NONE ? NULL : &p->calls.items[index];
}

static bool list_add(struct points_to *p, number_list *list, uint32_t number) {
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i] == number) {
            return false;
        }
    }
    *VECTOR_ADD(p->arena, list) = number;
    return true;
}

/* Values of a frame that a call passes; FACTS_NONE where it passes a plain constant. */
static uint32_t argument_of(const struct facts_instruction *call, uint32_t index) {
    return index < call->argument_count ? call->arguments[index] : FACTS_NONE;
}

static void result_unknown(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t type, const char *cause, const char *detail) {
    const struct facts_instruction *call = frame_instruction(p, frame, instruction);
    if (call->result == FACTS_NONE) {
        return;
    }
    uint32_t record = NONE;
    if (call->hint != FACTS_NONE) {
        uint32_t hint = type_element(p->program, mapped_type(p, frame, call->hint));
        record = hint != NONE && p->program->types.items[hint].kind == FACTS_RECORD ? hint : NONE;
    }
    if (type != NONE && p->program->types.items[type].kind == FACTS_RECORD && (call->flags & FACTS_BY_VALUE)) {
        record = type; /* the result lies in memory of outside */
    } else if (type == NONE || p->program->types.items[type].kind != FACTS_POINTER) {
        return;
    }
    uint32_t declared = pointed_record(p->program, type);
    uint32_t thing = declared != NONE ? thing_any(p->things, declared)
                     : record != NONE ? thing_any(p->things, record)
                                      : thing_unknown(p->things, frame, instruction, ROLE_CALLEE, cause, detail);
    node_add_location(p, value_node(p, frame, call->result), thing_location(p->things, thing, 0));
}

/* Type that the callee gives, from its declaration or the call's own function type. */
static uint32_t result_type(const struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t object) {
    const struct facts_instruction *call = frame_instruction(p, frame, instruction);
    uint32_t type = object != NONE ? p->program->objects.items[object].type : NONE;
    if (type == NONE || p->program->types.items[type].kind != FACTS_FUNCTION) {
        type = mapped_type(p, frame, call->type);
    }
    if (type != NONE && p->program->types.items[type].kind == FACTS_POINTER) {
        type = p->program->types.items[type].target;
    }
    return type != NONE && p->program->types.items[type].kind == FACTS_FUNCTION ? p->program->types.items[type].target : NONE;
}

static void call_outside(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t object) {
    const struct facts_instruction *call = frame_instruction(p, frame, instruction);
    if (call_ends_transaction(p, object)) {
        return;
    }
    for (uint32_t i = 0; i < call->argument_count; i++) {
        if (call->arguments[i] != FACTS_NONE && !p->global) {
            node_add_edge(p, value_node(p, frame, call->arguments[i]), p->escape);
        }
    }
    const char *name = object == NONE ? "function pointer" : p->program->objects.items[object].name;
    result_unknown(p, frame, instruction, result_type(p, frame, instruction, object), "outside-call", name);
}

/* Joins a call with the body of a function: a copy for this call, or the function's own instance. */
static void call_bind(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t function, const struct model *model,
                      const uint32_t *arguments, uint32_t argument_count) {
    uint64_t key[] = {frame, instruction, function};
    uint32_t value = 0;
    if (!keys_add(p->arena, &p->bound, key, 3, &value)) {
        return;
    }
    const struct facts_instruction *call = frame_instruction(p, frame, instruction);
    list_add(p, &call_entry(p, frame, instruction)->functions, function);
    p->called[function] = true;
    uint32_t callee = call->object != FACTS_NONE ? frame_child(p->frames, frame, instruction) : NONE;
    if (callee == NONE || p->frames->items.items[callee].function != function) {
        uint32_t instance = p->frames->instance_of[function];
        if (instance == NONE) {
            return;
        }
        callee = p->frames->instances.items[instance].first_frame;
        instance_activate(p, instance);
    }
    const struct facts_function *facts = p->program->functions.items[function].facts;
    if (call->op == FACTS_ASM) {
        assembly_bind(p, frame, call, callee, facts);
    }
    for (uint32_t i = 0; i < argument_count; i++) {
        uint32_t target = i < facts->parameter_count ? facts->parameters[i] : facts->varargs;
        if (target == FACTS_NONE || arguments[i] == FACTS_NONE) {
            continue;
        }
        if (model && model->frees == (int)i) {
            /* What the allocator's own code does with freed memory is its business: no object of a client. */
            uint32_t freed = thing_unknown(p->things, callee, NONE, 1000 + i, "freed-memory", p->program->functions.items[function].name);
            node_add_location(p, value_node(p, callee, target), thing_location(p->things, freed, 0));
            continue;
        }
        node_add_edge(p, value_node(p, frame, arguments[i]), value_node(p, callee, target));
    }
    if (call->result != FACTS_NONE && !(model && model->allocates)) {
        node_add_edge(p, return_node(p, callee), value_node(p, frame, call->result));
    }
}

static uint64_t constant_of(const struct facts_instruction *call, int argument) {
    if (argument < 0 || (size_t)argument >= call->argument_count || call->constants[argument] == INT64_MIN || call->constants[argument] < 0) {
        return 0;
    }
    return (uint64_t)call->constants[argument];
}

/* Does the function of a frame return what this call gives, by copies alone? */
static bool result_is_returned(const struct points_to *p, uint32_t frame, uint32_t instruction) {
    uint32_t count = 0;
    const struct facts_instruction *instructions = frame_instructions(p->frames, frame, &count);
    uint32_t reached[32] = {instructions[instruction].result};
    uint32_t known = 1;
    for (uint32_t at = 0; at < known; at++) {
        for (uint32_t i = 0; i < count; i++) {
            if (instructions[i].a != reached[at] || reached[at] == FACTS_NONE) {
                continue;
            }
            if (instructions[i].op == FACTS_RETURN) {
                return true;
            }
            if (instructions[i].op == FACTS_COPY && known < sizeof reached / sizeof *reached) {
                reached[known++] = instructions[i].result;
            }
        }
    }
    return false;
}

/* What the caller makes of the object: the hint of the call itself, or of the calls of wrappers that only hand it on. */
static uint32_t allocation_hint(const struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t object) {
    for (; frame != NONE; instruction = p->frames->items.items[frame].call, frame = p->frames->items.items[frame].parent) {
        const struct facts_instruction *call = frame_instruction(p, frame, instruction);
        uint32_t hint = call->hint == FACTS_NONE ? NONE : mapped_type(p, frame, call->hint);
        if (hint == NONE) {
            hint = pointed_record(p->program, result_type(p, frame, instruction, object));
        }
        if (hint != NONE) {
            return hint;
        }
        if (!result_is_returned(p, frame, instruction)) {
            return NONE;
        }
        object = NONE;
    }
    return NONE;
}

static void call_allocate(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t object, const struct model *model) {
    const struct facts_instruction *call = frame_instruction(p, frame, instruction);
    if (call->result == FACTS_NONE) {
        return;
    }
    uint64_t bytes = constant_of(call, model->allocation_size);
    if (model->allocation_count >= 0) {
        bytes *= constant_of(call, model->allocation_count);
    }
    uint32_t hint = allocation_hint(p, frame, instruction, object);
    uint32_t thing = thing_heap(p->things, frame, instruction, hint, bytes, p->program->objects.items[object].name);
    node_add_location(p, value_node(p, frame, call->result), thing_location(p->things, thing, 0));
}

static void call_apply_model(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t object, const struct model *model) {
    const struct facts_instruction *call = frame_instruction(p, frame, instruction);
    struct use use = {frame, instruction, 0};
    if (model->copies_to != MODEL_NO_ARGUMENT) {
        uint32_t to = model->copies_to == MODEL_RESULT ? call->result : argument_of(call, (uint32_t)model->copies_to);
        uint32_t from = argument_of(call, (uint32_t)model->copies_from);
        if (to != FACTS_NONE && from != FACTS_NONE) {
            use.role = ROLE_COPY_TO;
            node_add_use(p, value_node(p, frame, to), use);
            use.role = ROLE_COPY_FROM;
            node_add_use(p, value_node(p, frame, from), use);
        }
    }
    if (model->returns >= 0 && call->result != FACTS_NONE) {
        uint32_t from = argument_of(call, (uint32_t)model->returns);
        if (from != FACTS_NONE) {
            node_add_edge(p, value_node(p, frame, from), value_node(p, frame, call->result));
        }
    }
    for (uint32_t i = 0; i < 32 && i < call->argument_count; i++) {
        if ((model->escapes >> i & 1) && call->arguments[i] != FACTS_NONE && !p->global) {
            node_add_edge(p, value_node(p, frame, call->arguments[i]), p->escape);
        }
    }
    if (model->returns_unknown) {
        result_unknown(p, frame, instruction, result_type(p, frame, instruction, object), "outside-call", model->name);
    }
    if (model->calls >= 0 && argument_of(call, (uint32_t)model->calls) != FACTS_NONE) {
        use.role = ROLE_CALLBACK;
        node_add_use(p, value_node(p, frame, call->arguments[model->calls]), use);
    }
}

static void call_definition(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t object) {
    const struct facts_instruction *call = frame_instruction(p, frame, instruction);
    const struct model *model = call_model(p, object);
    uint32_t function = p->program->objects.items[object].function_index;
    if (model && model->allocates) {
        call_allocate(p, frame, instruction, object, model);
    }
    if (model && model->deferred_count && !p->global) {
        deferred_start(p, frame, instruction, object, model);
    }
    if (function != NONE && !(model && model->opaque)) {
        call_bind(p, frame, instruction, function, model, call->arguments, (uint32_t)call->argument_count);
        return;
    }
    list_add(p, &call_entry(p, frame, instruction)->externals, object);
    if (function != NONE) {
        p->modelled[function] = true;
    }
    if (model && !model->outside) {
        call_apply_model(p, frame, instruction, object, model);
    } else {
        call_outside(p, frame, instruction, object);
    }
}

/* A call of a known CODE object, by whichever definition of its name runs. */
static void call_object(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t object) {
    for (; object != NONE; object = p->program->objects.items[object].also) {
        call_definition(p, frame, instruction, object);
    }
}

void call_from_assembly(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t object) {
    for (; object != NONE; object = p->program->objects.items[object].also) {
        uint32_t function = p->program->objects.items[object].function_index;
        const struct model *model = call_model(p, object);
        if (function != NONE && !(model && model->opaque)) {
            call_bind(p, frame, instruction, function, NULL, NULL, 0);
        }
    }
}

void call_start(struct points_to *p, uint32_t frame, uint32_t instruction) {
    const struct facts_instruction *call = frame_instruction(p, frame, instruction);
    if (call->object != FACTS_NONE) {
        uint32_t object = mapped_object(p, frame, call->object);
        if (object != NONE && p->program->objects.items[object].kind == FACTS_CODE) {
            call_object(p, frame, instruction, object);
            return;
        }
        call_outside(p, frame, instruction, NONE);
        return;
    }
    *VECTOR_ADD(p->arena, &p->indirect) = (struct use){frame, instruction, ROLE_CALLEE};
    call_entry(p, frame, instruction);
    if (call->a != FACTS_NONE) {
        node_add_use(p, value_node(p, frame, call->a), (struct use){frame, instruction, ROLE_CALLEE});
    }
}

void call_unknown(struct points_to *p, uint32_t frame, uint32_t instruction) {
    struct call_targets *targets = call_entry(p, frame, instruction);
    if (!targets->outside) {
        targets->outside = true;
        call_outside(p, frame, instruction, NONE);
    }
}

/* The pointer to the function may be anything in the pool. In a closure: whatever the whole program found for this call. */
static void call_wide(struct points_to *p, struct use use) {
    if (p->global) {
        call_entry(p, use.frame, use.instruction)->wide = true;
    } else {
        pool_watch_functions(p, &use);
    }
}

/* A call through a pointer that may hold the CODE object. Tells whether it is called. */
static bool call_code(struct points_to *p, struct use site, uint32_t object) {
    uint32_t type = p->typed_calls ? call_function_type(p, &site) : NONE;
    struct call_targets *targets = call_entry(p, site.frame, site.instruction);
    bool called = type == NONE || call_type_fits(p, type, p->program->objects.items[object].type) || targets->untyped;
    if (called) {
        call_object(p, site.frame, site.instruction, object);
    } else {
        list_add(p, &targets->mistyped, object);
    }
    return called;
}

/* Nothing of the wanted type was found for a call: it calls what there is. Tells whether there is any. */
static bool call_mistyped(struct points_to *p, struct use site) {
    struct call_targets *targets = call_entry(p, site.frame, site.instruction);
    number_list mistyped = targets->mistyped;
    bool first = !targets->untyped && mistyped.count;
    targets->untyped |= first;
    for (uint32_t i = 0; first && i < mistyped.count; i++) {
        call_object(p, site.frame, site.instruction, mistyped.items[i]);
    }
    return first;
}

void call_indirect(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t location) {
    const struct thing *thing = &p->things->items.items[p->things->locations.items[location].thing];
    if (thing->kind == THING_CODE) {
        call_code(p, (struct use){frame, instruction, ROLE_CALLEE}, thing->object);
    } else if (location_is_pool(p->things, location)) {
        call_wide(p, (struct use){frame, instruction, ROLE_CALLEE});
    } else if (thing->kind == THING_UNKNOWN || thing->kind == THING_ANY) {
        call_unknown(p, frame, instruction);
    }
}

void call_model_callback(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t location) {
    const struct facts_instruction *call = frame_instruction(p, frame, instruction);
    const struct thing *thing = &p->things->items.items[p->things->locations.items[location].thing];
    const struct model *model = call->object == FACTS_NONE ? NULL : call_model(p, mapped_object(p, frame, call->object));
    const struct call_targets *all = p->global ? points_to_targets(p->global, frame, instruction) : NULL;
    if (model && location_is_pool(p->things, location)) {
        call_wide(p, (struct use){frame, instruction, ROLE_CALLBACK});
        for (uint32_t t = 0; all && t < all->functions.count; t++) {
            call_model_callback(p, frame, instruction, thing_location(p->things, p->program->functions.items[all->functions.items[t]].object, 0));
        }
        return;
    }
    if (thing->kind != THING_CODE || !model) {
        return;
    }
    uint32_t arguments[32];
    uint32_t count = 0;
    for (uint32_t i = 0; i < 32; i++) {
        if (model->call_arguments >> i & 1) {
            arguments[count++] = argument_of(call, i);
        }
    }
    for (uint32_t object = thing->object; object != NONE; object = p->program->objects.items[object].also) {
        if (p->program->objects.items[object].function_index != NONE) {
            call_bind(p, frame, instruction, p->program->objects.items[object].function_index, NULL, arguments, count);
        }
    }
}

void call_parameters_from_outside(struct points_to *p, uint32_t function) {
    if (p->outside_called[function]) {
        return;
    }
    p->outside_called[function] = true;
    uint32_t instance = p->frames->instance_of[function];
    if (instance == NONE) {
        return;
    }
    uint32_t frame = p->frames->instances.items[instance].first_frame;
    const struct facts_function *facts = p->program->functions.items[function].facts;
    if (p->open_world && !p->global) {
        node_add_edge(p, return_node(p, frame), p->escape);
    }
    for (uint32_t i = 0; i < facts->parameter_count; i++) {
        uint32_t type = value_type(p, frame, facts->parameters[i]);
        if (facts->parameters[i] == FACTS_NONE || type == NONE) {
            continue;
        }
        if (p->program->types.items[type].kind == FACTS_RECORD) {
            node_add_location(p, value_node(p, frame, facts->parameters[i]), thing_location(p->things, thing_any(p->things, type), 0));
        } else if (p->program->types.items[type].kind == FACTS_POINTER) {
            const char *name = facts->value_names[facts->parameters[i]];
            uint32_t thing = thing_from_outside(p->things, type, frame, NONE, i, "entry-parameter", *name ? name : "parameter");
            node_add_location(p, value_node(p, frame, facts->parameters[i]), thing_location(p->things, thing, 0));
        }
    }
}

/* ---- calls that nothing was found for ---- */

/* Code that things hold in members of records, by member: what many calls ask for in one look at all of them. */
struct layers {
    struct arena arena;
    struct keys index;        /* (record, offset) -> index of code */
    VECTOR(number_list) code; /* things, each once */
};

/* Code that any thing holds in this member of this record, or of what embeds it; valid until the next call. */
static const number_list *layered_code(const struct points_to *p, struct layers *layers, uint32_t record, uint64_t offset) {
    const uint64_t key[] = {record, offset};
    uint32_t index = layers->code.count;
    if (!keys_add(&layers->arena, &layers->index, key, sizeof key / sizeof *key, &index)) {
        return &layers->code.items[index];
    }
    number_list *out = VECTOR_ADD(&layers->arena, &layers->code);
    *out = (number_list){0};
    number_list found = {0}; /* in one thing: all of them together hold the same over and over */
    struct key_set seen = {0};
    const embedding_list *outer = type_outer(p->program, record);
    for (uint32_t e = 0; e <= outer->count; e++) {
        uint32_t holder = e < outer->count ? outer->items[e].outer : record;
        int64_t place = (int64_t)(offset + (e < outer->count ? outer->items[e].offset : 0));
        for (uint32_t i = 0; holder < p->type_things.count && i < p->type_things.items[holder].count; i++) {
            uint32_t location = thing_location(p->things, p->type_things.items[holder].items[i], place);
            found.count = 0;
            if (location != NONE) {
                points_to_load(p, location, &found);
            }
            for (uint32_t f = 0; f < found.count; f++) {
                uint32_t thing = p->things->locations.items[found.items[f]].thing;
                if (p->things->items.items[thing].kind == THING_CODE && key_set_add(&layers->arena, &seen, (uint64_t)thing + 1)) {
                    *VECTOR_ADD(&layers->arena, out) = thing;
                }
            }
        }
    }
    if (found.capacity) {
        arena_recycle(p->program->arena, found.items, found.capacity * sizeof *found.items);
    }
    return out;
}

static bool add_layered(struct points_to *p, struct layers *layers, struct use site, uint32_t record, uint64_t offset) {
    const number_list found = *layered_code(p, layers, record, offset);
    bool added = false;
    for (uint32_t i = 0; i < found.count; i++) {
        uint32_t object = p->things->items.items[found.items[i]].object;
        uint32_t function = p->program->objects.items[object].function_index;
        struct call_targets *targets = call_entry(p, site.frame, site.instruction);
        bool known = false;
        for (uint32_t t = 0; t < targets->functions.count; t++) {
            known |= targets->functions.items[t] == function;
        }
        for (uint32_t t = 0; t < targets->externals.count; t++) {
            known |= targets->externals.items[t] == object;
        }
        if (!known && call_code(p, site, object)) {
            call_entry(p, site.frame, site.instruction)->layered = true;
            added = true;
        }
    }
    return added;
}

static bool outside_holds(const struct points_to *p, uint32_t function_object) {
    return pool_set_has(p, &p->nodes.items[node_find(p, p->escape)].set,
                        thing_location(p->things, thing_of_object(p->things, 0, function_object), 0));
}

/* Functions of the call's very type whose address is taken, and what outside holds of those that such a call may reach: registered as another type.
 */
static bool add_by_signature(struct points_to *p, struct use site) {
    uint32_t type = call_function_type(p, &site);
    bool added = false;
    for (uint32_t function = 0; type != NONE && function < p->program->functions.count; function++) {
        uint32_t object = p->program->functions.items[function].object;
        uint32_t declared = p->program->objects.items[object].type;
        if (!p->program->objects.items[object].address_taken) {
            continue;
        }
        if (declared == type || (call_type_fits(p, type, declared) && outside_holds(p, object))) {
            uint32_t before = call_entry(p, site.frame, site.instruction)->functions.count;
            call_object(p, site.frame, site.instruction, object);
            added |= call_entry(p, site.frame, site.instruction)->functions.count > before;
        }
    }
    return added;
}

/* Was the pointer read from constant objects alone? Nobody can have set it but their initialisers: it is NULL. */
static bool is_constant_null(const struct points_to *p, struct use site) {
    uint32_t count = 0;
    const struct facts_instruction *instructions = frame_instructions(p->frames, site.frame, &count);
    uint32_t value = instructions[site.instruction].a;
    const struct facts_instruction *load = NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (instructions[i].result == value && value != FACTS_NONE) {
            if (load || instructions[i].op != FACTS_LOAD) {
                return false;
            }
            load = &instructions[i];
        }
    }
    const struct location_set *set = load && load->a != FACTS_NONE ? points_to_value(p, site.frame, load->a) : NULL;
    for (uint32_t i = 0; set && i < set->count; i++) {
        const struct thing *thing = &p->things->items.items[p->things->locations.items[location_set_at(set, i)].thing];
        const uint32_t sure = FACTS_CONST | FACTS_DEFINED;
        if (thing->object == NONE || (p->program->objects.items[thing->object].flags & sure) != sure || thing->kind == THING_LOCAL) {
            return false;
        }
    }
    return set && set->count;
}

/* Is what the pointer leads to memory? Then the code there was made at run time. */
static bool leads_to_data(const struct points_to *p, struct use site) {
    const struct facts_instruction *call = frame_instruction(p, site.frame, site.instruction);
    const struct location_set *set = call->a == FACTS_NONE ? NULL : points_to_value(p, site.frame, call->a);
    for (uint32_t i = 0; set && i < set->count; i++) {
        enum thing_kind kind = p->things->items.items[p->things->locations.items[location_set_at(set, i)].thing].kind;
        if (kind == THING_VARIABLE || kind == THING_HEAP) {
            return true;
        }
    }
    return false;
}

bool call_finish(struct points_to *p) {
    bool added = false;
    struct layers layers = {0};
    memcpy(&layers.arena.failure, &p->arena->failure, sizeof layers.arena.failure);
    for (uint32_t i = 0; i < p->indirect.count; i++) {
        struct use site = p->indirect.items[i];
        const struct facts_instruction *call = frame_instruction(p, site.frame, site.instruction);
        struct call_targets *targets = call_entry(p, site.frame, site.instruction);
        bool resolved = targets->functions.count + targets->externals.count > 0;
        const struct call_targets *all = p->global ? points_to_targets(p->global, site.frame, site.instruction) : NULL;
        if ((!resolved || (all && all->untyped)) && call_mistyped(p, site)) {
            added = true;
            continue;
        }
        if (p->global) {
            for (uint32_t t = 0; all && targets->wide && t < all->externals.count; t++) {
                uint32_t before = call_entry(p, site.frame, site.instruction)->externals.count;
                call_object(p, site.frame, site.instruction, all->externals.items[t]);
                added |= call_entry(p, site.frame, site.instruction)->externals.count > before;
            }
            targets = call_entry(p, site.frame, site.instruction);
            if (all && all->outside && targets->wide && !targets->outside) {
                call_unknown(p, site.frame, site.instruction);
                added = true;
            }
            targets = call_entry(p, site.frame, site.instruction);
            for (uint32_t t = 0; all && (all->layered || targets->wide || (all->outside && !resolved)) && t < all->functions.count; t++) {
                uint32_t before = call_entry(p, site.frame, site.instruction)->functions.count;
                call_object(p, site.frame, site.instruction, p->program->functions.items[all->functions.items[t]].object);
                added |= call_entry(p, site.frame, site.instruction)->functions.count > before;
            }
            if (all && all->unseen && !resolved && !call_entry(p, site.frame, site.instruction)->outside) {
                call_entry(p, site.frame, site.instruction)->outside = true;
                call_outside(p, site.frame, site.instruction, NONE);
                added = true;
            }
            continue;
        }
        if (resolved && !targets->outside && !targets->layered) {
            continue;
        }
        if (!resolved && !targets->outside && is_constant_null(p, site)) {
            continue;
        }
        uint32_t record = call->record == FACTS_NONE ? NONE : mapped_type(p, site.frame, call->record);
        if (record != NONE && call->member < p->program->types.items[record].member_count) {
            added |= add_layered(p, &layers, site, record, p->program->types.items[record].members[call->member].bit_offset / 8);
        } else if (targets->outside && !resolved) {
            added |= add_by_signature(p, site);
        }
        targets = call_entry(p, site.frame, site.instruction);
        bool found = targets->outside || targets->functions.count + targets->externals.count > 0;
        if (!found && (p->open_world || leads_to_data(p, site))) {
            targets->outside = targets->unseen = true; /* nobody in scope sets this pointer, or it leads to code that nobody has seen */
            call_outside(p, site.frame, site.instruction, NONE);
            added = true;
        }
    }
    arena_deinit(&layers.arena);
    return added;
}
