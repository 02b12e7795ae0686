#include "modify.h"
#include <assert.h>
#include <string.h>
#include "asm_effect.h"
#include "narrowing.h"
#include "points_to_internal.h"

/* Loads, one after the other, that a template may do before it stores. */
#define MAX_ASM_LOADS 3

#define MAX_TRACED 8

/* Work of one collection. */
struct collector {
    const struct points_to *p;
    struct arena *arena;
    struct states *states;
    const struct narrowing *narrowing; /* NULL = every target counts */
    struct modification *out;
    struct effects *effects; /* by this solution and narrowing */
    uint32_t *state_of;      /* state -> index of out->states + 1, 0 = not there */
    uint32_t *reached_of;    /* frame -> index of out->reached + 1, likewise */
    struct names words;      /* causes, details and functions of unknowns */
    struct keys unknown_of;
    struct keys explained; /* (function, instruction, effect) whose unknowns are noted */
    struct map function_of;
    struct map external_of;
};

struct place modify_place(const struct points_to *p, uint32_t frame, uint32_t instruction) {
    const struct function *function = &p->program->functions.items[p->frames->items.items[frame].function];
    const struct facts_place *place = &function->facts->instructions[instruction].place;
    const struct unit *unit = &p->program->units[function->unit];
    if (place->line == 0 || place->file == FACTS_NONE) {
        return function->place;
    }
    return (struct place){unit->files[place->file], place->line, place->column};
}

/* ---- who runs ---- */

static void reach(struct collector *c, uint32_t frame, uint32_t by, uint32_t instruction, bool runtime) {
    uint32_t *index = &c->reached_of[frame];
    uint32_t function = c->p->frames->items.items[frame].function;
    uint32_t object = c->p->program->functions.items[function].object;
    runtime &= !(c->p->program->objects.items[object].flags & FACTS_INIT_TEXT);
    if (*index) {
        struct reached *known = &c->out->reached.items[*index - 1];
        if (runtime && !known->runtime) {
            known->runtime = true; /* visited again below by its own calls */
            known->by = by;
            known->instruction = instruction;
            const struct reached again = *known;
            *VECTOR_ADD(c->arena, &c->out->reached) = again;
            *index = c->out->reached.count;
        }
        return;
    }
    *VECTOR_ADD(c->arena, &c->out->reached) = (struct reached){frame, by, instruction, runtime};
    *index = c->out->reached.count;
    uint32_t value = 0;
    if (map_add(c->arena, &c->function_of, function, &value)) {
        *VECTOR_ADD(c->arena, &c->out->functions) = function;
    }
}

/* What a frame calls, each target. */
static void note_calls(struct collector *c, uint32_t frame) {
    uint32_t caller = c->p->frames->items.items[frame].function;
    uint32_t count = 0;
    const struct facts_instruction *instructions = frame_instructions(c->p->frames, frame, &count);
    effects_begin_calls(c->effects, frame);
    for (uint32_t i = 0; i < count; i++) {
        if (instructions[i].op != FACTS_CALL && instructions[i].op != FACTS_ASM) {
            continue;
        }
        const struct call_targets *targets = points_to_targets(c->p, frame, i);
        uint32_t child = instructions[i].object != FACTS_NONE ? frame_child(c->p->frames, frame, i) : NONE;
        for (uint32_t t = 0; targets && t < targets->functions.count; t++) {
            uint32_t function = targets->functions.items[t];
            uint32_t instance = c->p->frames->instance_of[function];
            if ((c->p->ends && c->p->ends[function]) || (c->narrowing && !narrowing_allows(c->narrowing, caller, i, function))) {
                continue;
            }
            if (child != NONE && c->p->frames->items.items[child].function == function) {
                effect_add_call(c->effects, (struct effect_call){i, child, NONE, NONE});
            } else if (instance != NONE) {
                effect_add_call(c->effects, (struct effect_call){i, c->p->frames->instances.items[instance].first_frame, NONE, NONE});
            }
        }
        for (uint32_t t = 0; targets && t < targets->externals.count; t++) {
            uint32_t object = targets->externals.items[t];
            uint32_t function = c->p->program->objects.items[object].function_index;
            effect_add_call(c->effects, (struct effect_call){i, NONE, function, function == NONE ? object : NONE});
        }
    }
}

static void reach_calls(struct collector *c, uint32_t index) {
    struct reached at = c->out->reached.items[index];
    if (!c->effects->calls_of[at.frame].known) {
        note_calls(c, at.frame);
    }
    struct effect_part part = c->effects->calls_of[at.frame];
    for (uint32_t i = part.first; i < part.first + part.count; i++) {
        const struct effect_call *call = &c->effects->calls.items[i];
        uint32_t value = 0;
        if (call->frame != NONE) {
            reach(c, call->frame, index, call->instruction, at.runtime);
        } else if (call->function != NONE && map_add(c->arena, &c->function_of, call->function, &value)) {
            *VECTOR_ADD(c->arena, &c->out->functions) = call->function;
        } else if (call->external != NONE && map_add(c->arena, &c->external_of, call->external, &value)) {
            *VECTOR_ADD(c->arena, &c->out->externals) = call->external;
        }
    }
}

bool modify_reaches_more(const struct points_to *points_to, struct effects *effects, uint32_t function, uint32_t limit) {
    struct arena scratch = {0};
    memcpy(&scratch.failure, &points_to->arena->failure, sizeof scratch.failure);
    struct modification reached = {0};
    struct collector collector = {.p = points_to, .arena = &scratch, .effects = effects, .out = &reached};
    collector.reached_of = arena_allocate(&scratch, (points_to->frames->items.count + 1) * sizeof *collector.reached_of);
    uint32_t instance = points_to->frames->instance_of[function];
    if (instance != NONE) {
        reach(&collector, points_to->frames->instances.items[instance].first_frame, NONE, NONE, true);
    }
    for (uint32_t i = 0; i < reached.reached.count && reached.reached.count <= limit; i++) {
        reach_calls(&collector, i);
    }
    arena_deinit(&scratch);
    return reached.reached.count > limit;
}

/* ---- what they store ---- */

/* A temporary object's maker: no change where that frame runs as well. */
static uint32_t maker_of(const struct collector *c, uint32_t thing) {
    const struct thing *at = &c->p->things->items.items[thing];
    bool temporary = at->kind == THING_HEAP && thing < c->states->lasting_count && !c->states->lasting[thing];
    return temporary ? at->frame : NONE;
}

static void note_location(struct collector *c, struct touch touch) {
    const struct location *at = &c->p->things->locations.items[touch.location];
    const struct thing *thing = &c->p->things->items.items[at->thing];
    uint32_t maker = maker_of(c, at->thing);
    if (thing->kind == THING_UNKNOWN) {
        effect_add_unknown(c->effects, maker, thing->cause, thing->detail);
    }
    uint32_t everything = states_everything(c->states);
    const touched_list *touched = states_touch(c->states, &touch);
    const char *padded = touched->count ? NULL : states_padding(c->states, touch.location);
    if (padded) {
        effect_add_unknown(c->effects, maker, "padding", padded);
    }
    bool guessed = false;
    for (uint32_t i = 0; i < touched->count; i++) {
        guessed |= touched->items[i].by_unknown;
        if (touched->items[i].state == everything && thing->kind == THING_ANY) {
            effect_add_unknown(c->effects, maker, "untyped-link", type_spelling(c->p->program, thing->type));
        }
        effect_add_state(c->effects, touched->items[i].state, touch.location, maker, touched->items[i].by_unknown);
    }
    if (guessed && at->offset == OFFSET_ANY && thing->kind != THING_LOCAL && thing->kind != THING_UNKNOWN &&
        thing_is_writable(c->p->things, at->thing)) {
        const char *name = thing->object != NONE ? c->p->program->objects.items[thing->object].root : thing->allocator ? thing->allocator : "";
        effect_add_unknown(c->effects, maker, "unknown-offset", name);
    }
}

static const struct facts_function *frame_facts(const struct points_to *p, uint32_t frame) {
    return p->program->functions.items[p->frames->items.items[frame].function].facts;
}

/* Is the pointer NULL by what the source says: a constant, or made of one, also in the caller of a copied function? */
static bool is_null(const struct points_to *p, uint32_t frame, uint32_t value, int depth) {
    const struct facts_function *facts = frame_facts(p, frame);
    const struct frame *at = &p->frames->items.items[frame];
    for (uint32_t i = 0; i < facts->parameter_count; i++) {
        if (facts->parameters[i] == value) {
            const struct facts_instruction *call = at->parent == NONE ? NULL : frame_instruction(p, at->parent, at->call);
            bool passed = call && i < call->argument_count;
            return passed && (call->arguments[i] == FACTS_NONE || (depth < MAX_TRACED && is_null(p, at->parent, call->arguments[i], depth + 1)));
        }
    }
    for (size_t i = 0; i < facts->instruction_count; i++) {
        const struct facts_instruction *instruction = &facts->instructions[i];
        bool made = instruction->op == FACTS_COPY || instruction->op == FACTS_OFFSET || instruction->op == FACTS_INDEX;
        if (instruction->result == value &&
            !(made && (instruction->a == FACTS_NONE || (depth < MAX_TRACED && is_null(p, frame, instruction->a, depth + 1))))) {
            return false;
        }
    }
    return true;
}

/* A store through a pointer that is declared to lead to `record`. */
static void note_set(struct collector *c, const struct location_set *set, struct touch touch, uint32_t record) {
    if (!effects_begin_store(c->effects, set, &touch, record)) {
        return;
    }
    for (uint32_t i = 0; i < set->count; i++) {
        touch.location = location_set_at(set, i);
        if (touch.location != c->p->things->pool || record == NONE) {
            note_location(c, touch);
            continue;
        }
        number_list objects = {0};
        location_view(c->p->things, record, &objects);
        for (uint32_t o = 0; o < objects.count; o++) {
            touch.location = objects.items[o];
            note_location(c, touch);
        }
    }
    effects_end_store(c->effects);
}

/* A store through a value of a frame. */
static void note_store(struct collector *c, uint32_t frame, uint32_t value, struct touch touch) {
    if (value == FACTS_NONE) {
        return;
    }
    const struct location_set *set = points_to_value(c->p, frame, value);
    uint32_t record = pointed_record(c->p->program, value_type(c->p, frame, value));
    if (set && set->count) {
        note_set(c, set, touch, record);
    }
    const struct location_set *anywhere = c->p->global ? points_to_value(c->p->global, frame, value) : set;
    if ((!anywhere || !anywhere->count) && !is_null(c->p, frame, value, 0)) {
        const char *name = frame_facts(c->p, frame)->value_names[value];
        effect_add_unknown(c->effects, NONE, "no-target", *name ? name : "pointer");
    }
}

/* One member of what an argument points to; the record is the parameter's declared one. */
static void note_member(struct collector *c, uint32_t frame, uint32_t object, uint32_t argument, uint32_t value, const char *name) {
    const struct program *program = c->p->program;
    uint32_t type = program->objects.items[object].type;
    const struct type *function = type == NONE ? NULL : &program->types.items[type];
    uint32_t record = function && function->kind == FACTS_FUNCTION && argument < function->member_count
                          ? pointed_record(program, function->members[argument].type)
                          : NONE;
    const struct location_set *set = points_to_value(c->p, frame, value);
    for (uint32_t m = 0; set && record != NONE && m < program->types.items[record].member_count; m++) {
        const struct member *member = &program->types.items[record].members[m];
        if (strcmp(member->name, name) != 0) {
            continue;
        }
        for (uint32_t i = 0; i < set->count; i++) {
            number_list places = {0};
            location_offset(c->p->things, location_set_at(set, i), (int64_t)(member->bit_offset / 8), record, &places);
            for (uint32_t n = 0; n < places.count; n++) {
                struct touch touch = {.location = places.items[n], .size = member->bit_size / 8, .record = NONE, .member = NONE};
                note_location(c, touch);
            }
        }
        return;
    }
    struct touch touch = {.record = NONE, .member = NONE};
    note_store(c, frame, value, touch); /* the type is not known here: all of it */
}

/* Bytes of what a parameter is declared to point to; 0 = bytes, void, or no pointer: it may be more. */
static uint64_t parameter_size(const struct program *program, uint32_t object, uint32_t argument) {
    uint32_t type = program->objects.items[object].type;
    if (type == NONE || program->types.items[type].kind != FACTS_FUNCTION || argument >= program->types.items[type].member_count) {
        return 0;
    }
    const struct type *pointer = &program->types.items[program->types.items[type].members[argument].type];
    const struct type *target = pointer->kind == FACTS_POINTER && pointer->target != NONE ? &program->types.items[pointer->target] : NULL;
    return target && (target->kind == FACTS_RECORD || (target->kind == FACTS_SCALAR && target->size > 1)) ? target->size : 0;
}

static void note_model(struct collector *c, uint32_t frame, const struct facts_instruction *call, const struct model *model, uint32_t object) {
    for (uint32_t i = 0; i < model->change_count; i++) {
        touched_list touched = {0};
        states_named(c->states, model->changes[i], &touched);
        for (uint32_t t = 0; t < touched.count; t++) {
            effect_add_state(c->effects, touched.items[t].state, NONE, NONE, false);
        }
    }
    for (uint32_t i = 0; i < 32 && i < call->argument_count; i++) {
        if (!(model->writes >> i & 1) || call->arguments[i] == FACTS_NONE) {
            continue;
        }
        bool by_member = false;
        for (uint32_t m = 0; m < model->member_count; m++) {
            if (model->members[m].argument == (int)i) {
                note_member(c, frame, object, i, call->arguments[i], model->members[m].name);
                by_member = true;
            }
        }
        if (by_member) {
            continue;
        }
        struct touch touch = {.record = NONE, .member = NONE, .size = model->size < 0 ? parameter_size(c->p->program, object, i) : 0};
        if (model->size >= 0 && (size_t)model->size < call->argument_count && call->constants[model->size] > 0) {
            touch.size = (uint64_t)call->constants[model->size];
        }
        touch.onward = touch.size == 0;
        note_store(c, frame, call->arguments[i], touch);
    }
}

/* A call of code that is not known may store wherever it can reach: one wildcard, which the listed unknown explains. */
static void note_outside(struct collector *c, const char *name) {
    effect_add_unknown(c->effects, NONE, "outside-call", name);
    effect_add_state(c->effects, states_everything(c->states), NONE, NONE, true);
}

/* A call, also one that assembly makes. */
static void note_call(struct collector *c, uint32_t frame, uint32_t number, const struct facts_instruction *call) {
    const struct call_targets *targets = points_to_targets(c->p, frame, number);
    if (c->narrowing && !narrowing_allows_outside(c->narrowing, c->p->frames->items.items[frame].function, number)) {
        return;
    }
    for (uint32_t t = 0; targets && t < targets->externals.count; t++) {
        uint32_t object = targets->externals.items[t];
        const struct model *model = call_model(c->p, object);
        if (model && !model->outside) {
            note_model(c, frame, call, model, object);
        } else if (!call_ends_transaction(c->p, object)) {
            note_outside(c, c->p->program->objects.items[object].name);
        }
    }
    if (targets && targets->outside) {
        note_outside(c, "function pointer");
    }
}

/* A register that the template loaded: whatever an operand leads to may hold what it leads to. */
static void note_deep(struct collector *c, uint32_t frame, uint32_t value) {
    const struct points_to *whole = c->p->global ? c->p->global : c->p;
    const struct location_set *set = value == FACTS_NONE ? NULL : points_to_value(c->p, frame, value);
    number_list level = {0};
    for (uint32_t i = 0; set && i < set->count; i++) {
        points_to_load(whole, location_set_at(set, i), &level);
    }
    for (uint32_t depth = 0, i = 0; depth < MAX_ASM_LOADS; depth++) {
        for (uint32_t end = level.count; i < end; i++) {
            note_location(c, (struct touch){.location = level.items[i], .record = NONE, .member = NONE});
            points_to_load(whole, level.items[i], &level);
        }
    }
}

/* A variable that the template names: of this unit, or a global. */
static void note_named(struct collector *c, uint32_t frame, const char *name) {
    struct placement at = frame_named_place(c->p, frame, name);
    if (at.object == NONE || c->p->program->objects.items[at.object].kind == FACTS_CODE) {
        effect_add_unknown(c->effects, NONE, "asm-store",
                           arena_copy(c->effects->arena, name, strlen(name))); /* memory that the source has no name for */
        return;
    }
    uint32_t location = thing_location_at(c->p->things, at.object, at.offset);
    note_location(c, (struct touch){.location = location, .record = NONE, .member = NONE, .onward = true});
}

static void note_assembly(struct collector *c, uint32_t frame, uint32_t number, const struct facts_instruction *instruction) {
    struct asm_effect effect = frame_asm_effect(c->p, frame, instruction);
    for (uint32_t i = 0; i < instruction->operand_count; i++) {
        const struct facts_operand *operand = &instruction->operands[i];
        struct touch touch = {.record = NONE, .member = NONE, .onward = asm_effect_has(effect.beyond, i)};
        if (operand->is_memory && (operand->is_output || asm_effect_has(effect.written, i))) {
            uint32_t type = mapped_type(c->p, frame, operand->type);
            touch.size = type == NONE || touch.onward ? 0 : c->p->program->types.items[type].size;
            note_store(c, frame, operand->value, touch);
        } else if (!operand->is_memory && asm_operand_is_read(operand) && asm_effect_has(effect.through, i)) {
            note_store(c, frame, operand->value, touch);
        }
        if (effect.deep) {
            note_deep(c, frame, operand->value);
        }
    }
    for (unsigned i = 0; i < effect.name_count; i++) {
        note_named(c, frame, effect.names[i]);
    }
    note_call(c, frame, number, instruction);
    if (effect.astray) {
        effect_add_unknown(c->effects, NONE, "asm-store", instruction->text);
        effect_add_state(c->effects, states_everything(c->states), NONE, NONE, true);
    }
    if (effect.calls) {
        effect_add_unknown(c->effects, NONE, "asm-call", instruction->text);
        effect_add_state(c->effects, states_everything(c->states), NONE, NONE, true);
    }
}

/* An integer that is copied as it is: its store names the member as others do. */
static bool is_number_copy(const struct collector *c, uint32_t frame, const struct facts_instruction *instruction) {
    uint32_t type = instruction->op == FACTS_COPYMEM ? mapped_type(c->p, frame, instruction->type) : NONE;
    return type != NONE && c->p->program->types.items[type].kind == FACTS_SCALAR;
}

static void note_instruction(struct collector *c, uint32_t frame, uint32_t number, const struct facts_instruction *instruction) {
    struct touch touch = {.record = NONE, .member = NONE, .size = instruction->size};
    switch (instruction->op) {
    case FACTS_STORE:
        touch.bit_offset = instruction->bit_offset;
        touch.bit_size = instruction->bit_size;
        touch.record = mapped_type(c->p, frame, instruction->record);
        touch.member = instruction->member;
        note_store(c, frame, instruction->a, touch);
        break;
    case FACTS_COPYMEM:
    case FACTS_FILL:
        touch.onward = touch.size == 0;
        if (is_number_copy(c, frame, instruction)) {
            touch.record = mapped_type(c->p, frame, instruction->record);
            touch.member = instruction->member;
        }
        note_store(c, frame, instruction->a, touch);
        break;
    case FACTS_ASM:
        note_assembly(c, frame, number, instruction);
        break;
    case FACTS_CALL:
        note_call(c, frame, number, instruction);
        break;
    case FACTS_UNKNOWN:
        if (instruction->result == FACTS_NONE) {
            effect_add_unknown(c->effects, NONE, "unsupported", instruction->text);
        }
        break;
    default:
        break;
    }
}

static void apply_unknown(struct collector *c, uint32_t frame, uint32_t instruction, const struct effect_unknown *unknown) {
    const char *function = c->p->program->functions.items[c->p->frames->items.items[frame].function].name;
    struct place place = modify_place(c->p, frame, instruction);
    uint64_t key[] = {names_intern(c->arena, &c->words, unknown->cause), names_intern(c->arena, &c->words, unknown->detail),
                      names_intern(c->arena, &c->words, function), place.file, place.line};
    uint32_t value = 0;
    if (keys_add(c->arena, &c->unknown_of, key, sizeof key / sizeof *key, &value)) {
        *VECTOR_ADD(c->arena, &c->out->unknowns) = (struct unknown){unknown->cause, unknown->detail, function, place};
    }
}

static void apply_state(struct collector *c, uint32_t reached, uint32_t instruction, const struct effect_state *effect) {
    uint32_t *index = &c->state_of[effect->state];
    bool runtime = c->out->reached.items[reached].runtime;
    struct modified found = {effect->state, reached, instruction, effect->location, effect->by_unknown, runtime};
    if (!*index) {
        *VECTOR_ADD(c->arena, &c->out->states) = found;
        *index = c->out->states.count;
        return;
    }
    struct modified *known = &c->out->states.items[*index - 1];
    found.runtime |= known->runtime;
    if (known->by_unknown && !effect->by_unknown) {
        *known = found;
    }
    known->runtime = found.runtime;
}

/* A temporary object that a frame of this transaction makes is gone or lost at the exit. */
static bool is_made_here(const struct collector *c, uint32_t maker) {
    return maker != NONE && c->reached_of[maker];
}

static void apply_unknowns(struct collector *c, uint32_t frame, const struct effect_use *use) {
    const struct effect *effect = &c->effects->items.items[use->effect];
    uint64_t key[] = {c->p->frames->items.items[frame].function, use->instruction, use->effect};
    uint32_t value = 0;
    if (!effect->unknowns.count || !keys_add(c->arena, &c->explained, key, sizeof key / sizeof *key, &value)) {
        return;
    }
    for (uint32_t i = 0; i < effect->unknowns.count; i++) {
        if (!is_made_here(c, effect->unknowns.items[i].maker)) {
            apply_unknown(c, frame, use->instruction, &effect->unknowns.items[i]);
        }
    }
}

/* applied: effect -> 0 = not yet, 1 = by initialisation code, 2 = by other code as well: once more would change nothing. */
static void apply_frame(struct collector *c, uint32_t reached, uint8_t *applied) {
    struct reached at = c->out->reached.items[reached];
    struct effect_part part = c->effects->uses_of[at.frame];
    for (uint32_t u = part.first; u < part.first + part.count; u++) {
        const struct effect_use *use = &c->effects->uses.items[u];
        const struct effect *effect = &c->effects->items.items[use->effect];
        if (applied[use->effect] < 1 + at.runtime) {
            applied[use->effect] = 1 + at.runtime;
            for (uint32_t i = 0; i < effect->states.count; i++) {
                if (!is_made_here(c, effect->states.items[i].maker)) {
                    apply_state(c, reached, use->instruction, &effect->states.items[i]);
                }
            }
        }
        apply_unknowns(c, at.frame, use);
    }
}

static void note_frame(struct collector *c, uint32_t frame) {
    if (c->effects->uses_of[frame].known) {
        return;
    }
    uint32_t count = 0;
    const struct facts_instruction *instructions = frame_instructions(c->p->frames, frame, &count);
    effects_begin_frame(c->effects, frame);
    for (uint32_t n = 0; n < count; n++) {
        effects_begin_instruction(c->effects, n);
        note_instruction(c, frame, n, &instructions[n]);
    }
}

void modify_collect(const struct points_to *closure, struct arena *arena, struct states *states, struct effects *effects,
                    const struct narrowing *narrowing, uint32_t function, struct modification *out_modification) {
    *out_modification = (struct modification){0};
    struct effects own;
    bool shared = !closure->global && !narrowing;
    if (!shared) {
        effects_init(&own, arena, closure->frames);
    }
    struct collector collector = {
        .p = closure, .arena = arena, .states = states, .effects = shared ? effects : &own, .narrowing = narrowing, .out = out_modification};
    collector.reached_of = arena_allocate(arena, (closure->frames->items.count + 1) * sizeof *collector.reached_of);
    uint32_t instance = closure->frames->instance_of[function];
    assert(instance != NONE); /* an entry without a solved body would have a whitelist that says nothing */
    reach(&collector, closure->frames->instances.items[instance].first_frame, NONE, NONE, true);
    for (uint32_t i = 0; i < out_modification->reached.count; i++) {
        reach_calls(&collector, i);
    }
    for (uint32_t i = 0; i < out_modification->reached.count; i++) {
        note_frame(&collector, out_modification->reached.items[i].frame);
    }
    collector.state_of = arena_allocate(arena, (states->items.count + 1) * sizeof *collector.state_of);
    uint8_t *applied = arena_allocate(arena, collector.effects->items.count + 1);
    for (uint32_t i = 0; i < out_modification->reached.count; i++) {
        apply_frame(&collector, i, applied);
    }
}
