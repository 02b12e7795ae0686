#include "lasting.h"
#include "points_to_internal.h"

struct search {
    const struct points_to *p;
    bool *lasting;
    number_list work;
};

static bool is_pool(const struct points_to *p, uint32_t thing) {
    return p->things->pool != NONE &&
           (p->things->locations.items[p->things->pool].thing == thing || p->things->locations.items[p->things->pool_bytes].thing == thing);
}

static void search_add(struct search *search, uint32_t thing) {
    if (!search->lasting[thing]) {
        search->lasting[thing] = true;
        *VECTOR_ADD(search->p->program->arena, &search->work) = thing;
        for (uint32_t i = 0; is_pool(search->p, thing) && i < search->p->pool_things.count; i++) {
            search_add(search, search->p->pool_things.items[i]);
        }
    }
}

static void search_add_set(struct search *search, const struct location_set *set) {
    for (uint32_t i = 0; set && i < set->count; i++) {
        search_add(search, search->p->things->locations.items[location_set_at(set, i)].thing);
    }
}

/* What assembly gets: it may keep it in registers and tables of the machine. */
static void add_assembly(struct search *search, uint32_t frame) {
    uint32_t count = 0;
    const struct facts_instruction *instructions = frame_instructions(search->p->frames, frame, &count);
    for (uint32_t i = 0; i < count; i++) {
        bool launders = false; /* the value comes back: a pointer that is hidden from the compiler */
        for (size_t o = 0; o < instructions[i].operand_count; o++) {
            launders |= instructions[i].operands[o].is_output && !instructions[i].operands[o].is_memory;
        }
        for (size_t o = 0; instructions[i].op == FACTS_ASM && *instructions[i].text && !launders && o < instructions[i].operand_count; o++) {
            const struct facts_operand *operand = &instructions[i].operands[o];
            if (operand->value != FACTS_NONE && (operand->is_memory || asm_operand_is_read(operand))) {
                search_add_set(search, points_to_value(search->p, frame, operand->value));
            }
        }
    }
}

bool *lasting_find(const struct points_to *p) {
    struct program *program = p->program;
    struct search search = {.p = p, .lasting = arena_allocate(program->arena, p->things->items.count + 1)};
    for (uint32_t thing = 0; thing < p->things->items.count; thing++) {
        enum thing_kind kind = p->things->items.items[thing].kind;
        if (is_pool(p, thing)) {
            continue;
        }
        if (kind == THING_VARIABLE || kind == THING_ANY || kind == THING_UNKNOWN || p->things->items.items[thing].open) {
            search_add(&search, thing);
        }
    }
    search_add_set(&search, &p->nodes.items[node_find(p, p->escape)].set);
    for (uint32_t i = 0; i < p->frames->instances.count; i++) {
        struct instance instance = p->frames->instances.items[i];
        if (p->entry[instance.function] || p->outside_called[instance.function]) {
            search_add_set(&search, &p->nodes.items[node_find(p, frame_return(p->frames, instance.first_frame))].set);
        }
        const struct facts_function *facts = p->program->functions.items[instance.function].facts;
        for (uint32_t v = 0; p->entry[instance.function] && v < facts->parameter_count; v++) { /* objects of whoever called it, stacks among them */
            if (facts->parameters[v] != FACTS_NONE) {
                search_add_set(&search, points_to_value(p, instance.first_frame, facts->parameters[v]));
            }
        }
        for (uint32_t frame = instance.first_frame; frame < instance.first_frame + instance.frame_count; frame++) {
            add_assembly(&search, frame);
        }
    }
    for (uint32_t i = 0; i < p->deferrals.count; i++) { /* what deferred work is called with */
        const struct facts_instruction *call = frame_instruction(p, p->deferrals.items[i].frame, p->deferrals.items[i].instruction);
        for (size_t a = 0; a < call->argument_count; a++) {
            if (call->arguments[a] != FACTS_NONE) {
                search_add_set(&search, points_to_value(p, p->deferrals.items[i].frame, call->arguments[a]));
            }
        }
    }
    while (search.work.count) {
        uint32_t thing = search.work.items[--search.work.count];
        for (uint32_t c = 0; thing < p->memory.count && c < p->memory.items[thing].cells.count; c++) {
            search_add_set(&search, &p->nodes.items[node_find(p, p->memory.items[thing].cells.items[c].read_node)].set);
        }
    }
    return search.lasting;
}
