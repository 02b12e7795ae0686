#include "pool.h"
#include "points_to_internal.h"
#include "spillscope/analyze.h"

/* Solving: waves over the graph, new locations shown to constraints, then what is still missing, until nothing is left to do. */

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

/* Has a closure become so large that the whole program's solution says hardly less? */
static bool gave_up(const struct points_to *p) {
    return p->global && p->held > ANALYZE_SET_BUDGET;
}

/* Shows all new locations to all uses. */
static void show_fresh(struct points_to *p) {
    number_list fresh = p->fresh;
    p->fresh = (number_list){0};
    for (uint32_t n = 0; n < fresh.count; n++) {
        uint32_t node = node_find(p, fresh.items[n]);
        while (p->nodes.items[node].seen < p->nodes.items[node].set.count && !gave_up(p)) {
            uint32_t from = p->nodes.items[node].seen;
            uint32_t to = p->nodes.items[node].set.count;
            uint32_t uses = p->nodes.items[node].uses.count;
            p->nodes.items[node].seen = to;
            struct location_set set = p->nodes.items[node].set; /* the node's own may be given up meanwhile */
            for (uint32_t u = 0; u < uses; u++) {
                struct use use = p->nodes.items[node].uses.items[u];
                for (uint32_t i = from; i < to; i++) {
                    use_location(p, &use, location_set_at(&set, i));
                }
            }
        }
    }
}

static void settle(struct points_to *p) {
    uint32_t started = 0;
    while (!gave_up(p)) {
        while (started < p->instances.count) {
            instance_start(p, p->instances.items[started++]);
        }
        if (!p->global) {
            pool_settle(p);
            memory_register(p);
        }
        node_graph_propagate(p);
        if (p->statistics) {
            node_graph_print(p);
        }
        if (p->fresh.count) {
            show_fresh(p);
            continue;
        }
        if (started < p->instances.count || p->heap.count || (!p->global && pool_settle(p))) {
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
    p->modelled = arena_allocate(p->arena, p->program->functions.count + 1);
    p->outside_called = arena_allocate(p->arena, p->program->functions.count + 1);
}

void points_to_solve(struct program *program, struct frames *frames, struct things *things, const struct models *models, const bool *entry,
                     bool open_world, const struct solve_limits *limits, struct points_to *out_points_to) {
    *out_points_to = (struct points_to){.arena = program->arena,
                                        .program = program,
                                        .frames = frames,
                                        .things = things,
                                        .models = models,
                                        .entry = entry,
                                        .open_world = open_world,
                                        .typed_calls = limits->typed_calls,
                                        .set_limit = limits->set,
                                        .set_budget = limits->budget,
                                        .statistics = limits->statistics};
    struct points_to *p = out_points_to;
    allocate_flags(p);
    for (uint32_t i = 0; i < frames->value_count; i++) {
        node_add(p);
    }
    p->escape = node_add(p);
    node_add_use(p, p->escape, (struct use){0, 0, ROLE_ESCAPE});
    pool_init(p);
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
        node_add_location(p, node, thing_location_at(things, from->target, from->target_offset));
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
    node_graph_release(p);
}

bool points_to_solve_closure(const struct points_to *global, struct arena *arena, uint32_t function, struct points_to *out_closure) {
    *out_closure = (struct points_to){.arena = arena,
                                      .program = global->program,
                                      .frames = global->frames,
                                      .things = global->things,
                                      .models = global->models,
                                      .global = global,
                                      .entry = global->entry,
                                      .ends = global->ends,
                                      .returns_twice = global->returns_twice,
                                      .typed_calls = global->typed_calls,
                                      .open_world = global->open_world};
    struct points_to *p = out_closure;
    allocate_flags(p);
    p->local_nodes = arena_allocate(arena, (p->frames->value_count + 1) * sizeof *p->local_nodes);
    p->escape = node_add(p);
    uint32_t instance = p->frames->instance_of[function];
    if (instance == NONE) {
        return true;
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
    return !gave_up(p);
}
