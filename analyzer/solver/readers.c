#include "readers.h"
#include "points_to_internal.h"

struct search {
    const struct points_to *p;
    struct states *states;
    const bool *is_wanted;
    uint32_t wanted_count;
    struct map reader_of;   /* (state << 32 | function) -> index of out->items */
    struct map wide_of;     /* (function << 32 | instruction) that has been counted */
    struct map wildcard_of; /* state that nobody asked for -> the wanted wildcard that covers it */
    struct readers *out;
};

/* The wanted state that a touched one is, or that covers it; NONE. */
static uint32_t search_state(struct search *search, uint32_t state) {
    if (state < search->wanted_count && search->is_wanted[state]) {
        return state;
    }
    struct arena *arena = search->p->program->arena;
    uint32_t covering = NONE;
    if (map_add(arena, &search->wildcard_of, state, &covering)) {
        const char *key = arena_format(arena, "%s.*", search->states->items.items[state].root);
        uint32_t found = names_find(&search->states->keys, key);
        covering = found < search->wanted_count && search->is_wanted[found] ? found : NONE - 1;
        map_put(arena, &search->wildcard_of, state, covering);
    }
    return covering == NONE - 1 ? NONE : covering;
}

static void search_note(struct search *search, uint32_t state, uint32_t function, uint32_t line) {
    struct arena *arena = search->p->program->arena;
    uint32_t index = search->out->items.count;
    if (map_add(arena, &search->reader_of, ((uint64_t)state << 32) | function, &index)) {
        *VECTOR_ADD(arena, &search->out->items) = (struct reader){state, function, line};
    } else if (line < search->out->items.items[index].line) {
        search->out->items.items[index].line = line;
    }
}

static void search_touch(struct search *search, uint32_t function, uint32_t line, const struct touch *touch) {
    const touched_list *touched = states_touch(search->states, touch);
    for (uint32_t i = 0; i < touched->count; i++) {
        uint32_t state = touched->items[i].by_unknown ? NONE : search_state(search, touched->items[i].state);
        if (state != NONE) {
            search_note(search, state, function, line);
        }
    }
}

/* The function whose source the load is a part of: helpers of headers stand for the code that they were copied into. */
static uint32_t search_reader(const struct search *search, uint32_t frame, uint32_t number, uint32_t *out_line) {
    const struct points_to *p = search->p;
    const struct frame *at = &p->frames->items.items[frame];
    while (at->parent != NONE && p->program->objects.items[p->program->functions.items[at->function].object].flags & FACTS_INLINE_HEADER) {
        frame = at->parent;
        number = at->call;
        at = &p->frames->items.items[frame];
    }
    *out_line = frame_instruction(p, frame, number)->place.line;
    return at->function;
}

/* A load through a value of a frame. */
static void search_load(struct search *search, uint32_t frame, uint32_t number, uint32_t value, struct touch touch) {
    const struct points_to *p = search->p;
    uint32_t line = 0;
    uint32_t function = search_reader(search, frame, number, &line);
    const struct location_set *set = value == FACTS_NONE ? NULL : points_to_value(p, frame, value);
    if (set && set->count > READERS_PLACES) {
        uint32_t seen = 0;
        uint64_t load = ((uint64_t)p->frames->items.items[frame].function << 32) | number;
        search->out->wide += map_add(p->program->arena, &search->wide_of, load, &seen);
        return;
    }
    for (uint32_t i = 0; set && i < set->count; i++) {
        touch.location = location_set_at(set, i);
        if (touch.location != p->things->pool) {
            search_touch(search, function, line, &touch);
        }
    }
}

/* What a template reads: memory operands, and through the registers that its brackets name. */
static void search_assembly(struct search *search, uint32_t frame, uint32_t number, const struct facts_instruction *instruction) {
    struct asm_effect effect = frame_asm_effect(search->p, frame, instruction);
    uint32_t to = FACTS_NONE;
    uint32_t from = FACTS_NONE;
    if (asm_copies(instruction, &to, &from)) {
        search_load(search, frame, number, from, (struct touch){.record = NONE, .member = NONE});
    }
    for (size_t i = 0; i < instruction->operand_count; i++) {
        const struct facts_operand *operand = &instruction->operands[i];
        uint32_t type = operand->is_memory ? mapped_type(search->p, frame, operand->type) : NONE;
        bool memory = operand->is_memory && (!operand->is_output || operand->constraint[0] == '+');
        bool bracket = !operand->is_memory && asm_operand_is_read(operand) && asm_effect_has(effect.loaded, i) && !asm_effect_has(effect.through, i);
        if (memory || bracket || asm_operand_is_address(operand)) {
            uint64_t size = type == NONE ? 0 : search->p->program->types.items[type].size;
            search_load(search, frame, number, operand->value, (struct touch){.record = NONE, .member = NONE, .size = size});
        }
    }
}

/* Code that is not looked into may read what it is given a pointer to, unless its model says that it only stores there or lets it go. */
static void search_call(struct search *search, uint32_t frame, uint32_t number, const struct facts_instruction *call) {
    const struct call_targets *targets = points_to_targets(search->p, frame, number);
    for (uint32_t t = 0; targets && t < targets->externals.count; t++) {
        const struct model *model = call_model(search->p, targets->externals.items[t]);
        for (size_t i = 0; i < call->argument_count; i++) {
            bool writes = model && i < 32 && model->writes >> i & 1;
            if (model && (model->frees == (int)i || (writes && model->copies_from != (int)i))) {
                continue;
            }
            struct touch touch = {.record = NONE, .member = NONE};
            if (model && model->size >= 0 && (size_t)model->size < call->argument_count && call->constants[model->size] > 0) {
                touch.size = (uint64_t)call->constants[model->size];
            }
            search_load(search, frame, number, call->arguments[i], touch);
        }
    }
}

/* Bytes of what the function of a frame returns. */
static uint64_t search_result_size(const struct search *search, uint32_t frame) {
    const struct program *program = search->p->program;
    uint32_t object = program->functions.items[search->p->frames->items.items[frame].function].object;
    uint32_t function = program->objects.items[object].type;
    uint32_t result = function == NONE ? NONE : program->types.items[function].target;
    return result == NONE ? 0 : program->types.items[result].size;
}

static void search_instruction(struct search *search, uint32_t frame, uint32_t number, const struct facts_instruction *instruction) {
    struct touch touch = {.record = NONE, .member = NONE, .size = instruction->size};
    switch (instruction->op) {
    case FACTS_LOAD:
        touch.bit_offset = instruction->bit_offset;
        touch.bit_size = instruction->bit_size;
        touch.record = mapped_type(search->p, frame, instruction->record);
        touch.member = instruction->member;
        search_load(search, frame, number, instruction->a, touch);
        break;
    case FACTS_COPYMEM:
        touch.onward = touch.size == 0;
        search_load(search, frame, number, instruction->b, touch);
        break;
    case FACTS_RETURN:
        if (instruction->flags & FACTS_BY_VALUE) {
            touch.size = search_result_size(search, frame);
            search_load(search, frame, number, instruction->a, touch);
        }
        break;
    case FACTS_ASM:
        search_assembly(search, frame, number, instruction);
        break;
    case FACTS_CALL:
        search_call(search, frame, number, instruction);
        break;
    default:
        break;
    }
}

void readers_find(const struct points_to *points_to, struct states *states, const bool *is_wanted, struct readers *out_readers) {
    *out_readers = (struct readers){0};
    struct search search = {.p = points_to, .states = states, .is_wanted = is_wanted, .wanted_count = states->items.count, .out = out_readers};
    for (uint32_t frame = 0; frame < points_to->frames->items.count; frame++) {
        uint32_t count = 0;
        const struct facts_instruction *instructions = frame_instructions(points_to->frames, frame, &count);
        for (uint32_t i = 0; i < count; i++) {
            search_instruction(&search, frame, i, &instructions[i]);
        }
    }
    for (uint32_t f = 0; f < points_to->program->functions.count; f++) {
        const struct facts_function *facts = points_to->program->functions.items[f].facts;
        for (size_t i = 0; i < facts->instruction_count; i++) {
            out_readers->loads += facts->instructions[i].op == FACTS_LOAD;
        }
    }
}
