#include "points_to_internal.h"
#include "pool.h"
#include "type_leaves.h"

/*
 * What is still missing when nothing flows any more is added in this order, and a little at a time, since each addition may supply what
 * the next one seems to lack: targets of calls by the member's type, functions that nobody is seen to call, integers that become
 * pointers, links in open memory. In an open world so much comes from outside that taking them one by one gains nothing.
 */

#define MAX_TRACED 8

/* Is the value a number whatever the callers do: made of constants and of what is narrower than a pointer, or tagged as one (odd)? */
static bool is_number(const struct points_to *p, uint32_t frame, uint32_t value, int depth) {
    const struct frame *at = &p->frames->items.items[frame];
    const struct facts_function *facts = p->program->functions.items[at->function].facts;
    if (depth > MAX_TRACED) {
        return false;
    }
    for (uint32_t i = 0; i < facts->parameter_count; i++) {
        if (facts->parameters[i] != value) {
            continue;
        }
        const struct facts_instruction *call = at->parent == NONE ? NULL : frame_instruction(p, at->parent, at->call);
        if (!call || i >= call->argument_count || (call->arguments[i] != FACTS_NONE && !is_number(p, at->parent, call->arguments[i], depth + 1))) {
            return false;
        }
    }
    for (size_t i = 0; i < facts->instruction_count; i++) {
        const struct facts_instruction *instruction = &facts->instructions[i];
        bool defines = instruction->result == value;
        for (size_t o = 0; o < instruction->operand_count; o++) {
            defines |= instruction->operands[o].is_output && !instruction->operands[o].is_memory && instruction->operands[o].value == value;
        }
        bool odd = instruction->op == FACTS_ARITH && (instruction->flags & FACTS_CONSTANT) && instruction->text && *instruction->text == '|' &&
                   (instruction->offset & 1);
        bool copy = instruction->op == FACTS_COPY && instruction->a != FACTS_NONE;
        if (defines && !odd && !(copy && is_number(p, frame, instruction->a, depth + 1))) {
            return false;
        }
    }
    return true;
}

/* May the integer be one that code outside gives: a parameter of what outside calls, or the result of a function that nobody has seen? */
static bool is_given(const struct points_to *p, uint32_t frame, uint32_t value, int depth) {
    const struct frame *at = &p->frames->items.items[frame];
    const struct facts_function *facts = p->program->functions.items[at->function].facts;
    for (uint32_t i = 0; i < facts->parameter_count; i++) {
        const struct facts_instruction *call = at->parent == NONE ? NULL : frame_instruction(p, at->parent, at->call);
        if (facts->parameters[i] == value && !call) {
            const struct points_to *whole = p->global ? p->global : p;
            return whole->outside_called[at->function];
        }
        if (facts->parameters[i] == value) {
            bool passed = i < call->argument_count && call->arguments[i] != FACTS_NONE;
            return passed && depth < MAX_TRACED && is_given(p, at->parent, call->arguments[i], depth + 1);
        }
    }
    for (size_t i = 0; i < facts->instruction_count; i++) {
        const struct facts_instruction *instruction = &facts->instructions[i];
        if (instruction->result != value) {
            continue;
        }
        const struct call_targets *targets = instruction->op == FACTS_CALL ? points_to_targets(p, frame, (uint32_t)i) : NULL;
        for (uint32_t t = 0; targets && t < targets->externals.count; t++) {
            const struct model *model = call_model(p, targets->externals.items[t]);
            if (!model || model->outside || model->returns_unknown) {
                return true;
            }
        }
        bool copied = instruction->op == FACTS_COPY && instruction->a != FACTS_NONE && depth < MAX_TRACED;
        if ((targets && targets->outside) || (copied && is_given(p, frame, instruction->a, depth + 1))) {
            return true;
        }
    }
    return false;
}

/* Integers that become pointers and hold none that the analysis knows, or may come from outside as well: from nowhere. */
bool finish_casts(struct points_to *p) {
    bool added = false;
    for (uint32_t i = 0; i < p->casts.count && !(added && !p->open_world && !p->global); i++) {
        struct use use = p->casts.items[i];
        if (use.role == ROLE_B) {
            continue; /* known to be a number */
        }
        const struct facts_instruction *instruction = frame_instruction(p, use.frame, use.instruction);
        const struct location_set *set = points_to_value(p, use.frame, instruction->a);
        const struct location_set *result = points_to_value(p, use.frame, instruction->result);
        if (set && set->count && !is_given(p, use.frame, instruction->a, 0)) {
            continue;
        }
        if (p->global && !(set && set->count)) {
            const struct location_set *all = points_to_value(p->global, use.frame, instruction->a);
            if (all && all->count) {
                continue; /* other callers' pointers: here the path is not taken with one */
            }
        }
        if (!(set && set->count) && is_number(p, use.frame, instruction->a, 0)) {
            p->casts.items[i].role = ROLE_B;
            continue;
        }
        uint32_t type = mapped_type(p, use.frame, instruction->type);
        uint32_t thing = thing_from_outside(p->things, type, use.frame, use.instruction, ROLE_A, "int-to-pointer", "");
        uint32_t location = thing_location(p->things, thing, 0);
        if (!result || !pool_set_has(p, result, location)) {
            node_add_location(p, value_node(p, use.frame, instruction->result), location);
            added = true;
        }
    }
    return added;
}

/* The objects themselves, as the source claims that they are what it casts them to. */
static void add_mismatched(struct points_to *p, struct use use, const struct location_set *set, uint32_t record, int64_t offset) {
    const struct facts_instruction *instruction = frame_instruction(p, use.frame, use.instruction);
    number_list moved = {0};
    for (uint32_t l = 0; l < set->count; l++) {
        if (!p->global && location_overlay(p->things, location_set_at(set, l), record)) { /* a closure finds what the whole program found */
            pool_show(p, location_set_at(set, l), record);
        }
        location_offset(p->things, location_set_at(set, l), offset, NONE, &moved);
    }
    for (uint32_t l = 0; l < moved.count; l++) {
        node_add_location(p, value_node(p, use.frame, instruction->result), moved.items[l]);
    }
}

static void note_piece(void *context, const struct leaf *leaf) {
    bool *in_pieces = context;
    *in_pieces |= leaf->bit_size < 64 && leaf->bit_offset % 64 == 0;
}

/* Does a load of a pointer read two halves, or more parts, that were stored one by one? Who joined them cannot be told. */
static bool reads_pieces(const struct points_to *p, struct use use) {
    const struct facts_instruction *load = frame_instruction(p, use.frame, use.instruction);
    const struct location_set *set = load->a == FACTS_NONE ? NULL : points_to_value(p, use.frame, load->a);
    bool in_pieces = false;
    for (uint32_t i = 0; set && !in_pieces && i < set->count; i++) {
        struct location at = p->things->locations.items[location_set_at(set, i)];
        const struct thing *thing = &p->things->items.items[at.thing];
        bool variable = thing->kind == THING_VARIABLE || (thing->kind == THING_HEAP && thing->type != NONE);
        if (variable && at.offset != OFFSET_ANY && at.offset >= 0 && thing_is_writable(p->things, at.thing)) {
            uint64_t first = (uint64_t)at.offset * 8;
            type_visit_leaves(p->program, thing->type, first, first + p->program->pointer_size * 8, NONE, NONE, note_piece, &in_pieces);
        }
    }
    return in_pieces;
}

/* Is there a target that is no object of another kind, let through because the source took it for a record elsewhere? */
static bool finds_fitting(const struct points_to *p, const struct location_set *set, uint32_t record) {
    bool found = false;
    for (uint32_t l = 0; set && !found && l < set->count; l++) {
        found = !thing_is_overlaid(p->things, p->things->locations.items[location_set_at(set, l)].thing, record);
    }
    return found;
}

/*
 * Pointers whose every target is known to be no such object: either the path is never taken, or the address came by a way that the analysis does
 * not follow, or the source knows better. Never silently nothing: any object of the type, and the targets.
 */
bool finish_mismatches(struct points_to *p) {
    bool added = false;
    uint32_t open = 0; /* those that found nothing yet are kept, in their order */
    for (uint32_t i = 0; i < p->typed.count; i++) {
        struct use use = p->typed.items[i];
        const struct facts_instruction *instruction = frame_instruction(p, use.frame, use.instruction);
        uint32_t type = instruction->op == FACTS_OFFSET ? NONE : mapped_type(p, use.frame, instruction->type);
        uint32_t record = type == NONE ? base_record(p, use.frame, instruction) : pointed_record(p->program, type);
        if (finds_fitting(p, points_to_value(p, use.frame, instruction->result), record)) {
            continue;
        }
        p->typed.items[open++] = use;
        uint32_t from = use.role == ROLE_LOADED ? map_get(&p->loaded_of, ((uint64_t)use.frame << 32) | use.instruction) : MAP_NONE;
        const struct location_set *set = use.role != ROLE_LOADED ? points_to_value(p, use.frame, instruction->a)
                                         : from != MAP_NONE      ? &p->nodes.items[node_find(p, from)].set
                                                                 : NULL;
        bool objects = false;
        for (uint32_t l = 0; set && !objects && l < set->count; l++) {
            enum thing_kind kind = p->things->items.items[p->things->locations.items[location_set_at(set, l)].thing].kind;
            objects = kind != THING_CODE && kind != THING_LITERAL;
        }
        objects = objects || (use.role == ROLE_LOADED && !(set && set->count) && reads_pieces(p, use));
        if (!objects) {
            continue;
        }
        uint32_t location = thing_location(p->things, thing_any(p->things, record), type == NONE ? instruction->offset : 0);
        if (p->global) {
            const struct location_set *all = points_to_value(p->global, use.frame, instruction->result);
            if (!all || !pool_set_has(p, all, location)) {
                continue; /* other callers' objects fit: this path is not taken with the ones at hand */
            }
        }
        node_add_location(p, value_node(p, use.frame, instruction->result), location);
        if (!set || !set->count) {
            added = true;
            continue;
        }
        add_mismatched(p, use, set, record, instruction->op == FACTS_OFFSET ? instruction->offset : 0);
        added = true;
    }
    p->typed.count = open;
    return added;
}

/* Functions that only code outside can call: no address taken, no call in scope; and entries that outside may call as well. */
void start_entries(struct points_to *p) {
    for (uint32_t i = 0; i < p->frames->instances.count; i++) {
        uint32_t function = p->frames->instances.items[i].function;
        const struct function *at = &p->program->functions.items[function];
        if ((at->direct_callers == 0 && !p->program->objects.items[at->object].address_taken) || p->frames->outside_root[function] ||
            (p->open_world && !at->internal && p->entry[function])) {
            call_parameters_from_outside(p, function);
        }
    }
}

/* Functions that run, though nobody in scope is seen to call them: handlers that assembly or hardware calls. */
bool finish_entries(struct points_to *p) {
    bool added = false;
    for (uint32_t i = 0; i < p->frames->instances.count && !(added && !p->open_world); i++) {
        uint32_t function = p->frames->instances.items[i].function;
        if (!p->called[function] && !p->outside_called[function]) {
            call_parameters_from_outside(p, function);
            added = true;
        }
    }
    return added;
}
