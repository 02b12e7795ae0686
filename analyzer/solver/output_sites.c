#include <stdlib.h>
#include <string.h>
#include "output_internal.h"
#include "points_to_internal.h"
#include "readers.h"

/* One call in the source; its clones in different frames are one. */
struct site {
    uint32_t function;
    uint32_t instruction;
    const char *file;
    uint32_t line;
    uint32_t column;
    bool indirect;
    bool outside;
    number_list functions;
    number_list externals;
    number_list mistyped; /* CODE objects that typed calls leave out */
};

static bool list_add(struct arena *arena, number_list *list, uint32_t number) {
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i] == number) {
            return false;
        }
    }
    *VECTOR_ADD(arena, list) = number;
    return true;
}

static int compare_sites(const void *one, const void *other) {
    const struct site *a = one;
    const struct site *b = other;
    int order = strcmp(a->file, b->file);
    if (!order) {
        order = a->line != b->line ? (a->line > b->line ? 1 : -1) : (a->column > b->column) - (a->column < b->column);
    }
    if (!order) {
        order =
            a->function != b->function ? (a->function > b->function ? 1 : -1) : (a->instruction > b->instruction) - (a->instruction < b->instruction);
    }
    return order;
}

typedef VECTOR(struct site) site_list;

/* Indirect calls, and direct ones that leave the scope without a model. */
static void collect_sites(struct output *output, site_list *out) {
    const struct points_to *p = output->points_to;
    struct arena *arena = output->program->arena;
    struct map known = {0};
    for (uint32_t c = 0; c < p->calls.count; c++) {
        const struct call_targets *targets = &p->calls.items[c];
        const struct facts_instruction *call = frame_instruction(p, targets->frame, targets->instruction);
        bool indirect = call->object == FACTS_NONE;
        bool unmodelled = false;
        for (uint32_t t = 0; t < targets->externals.count; t++) {
            unmodelled |= call_model(p, targets->externals.items[t]) == NULL;
        }
        if (!indirect && !unmodelled) {
            continue;
        }
        uint32_t function = p->frames->items.items[targets->frame].function;
        uint32_t index = out->count;
        if (map_add(arena, &known, ((uint64_t)function << 32) | targets->instruction, &index)) {
            struct place place = modify_place(p, targets->frame, targets->instruction);
            *VECTOR_ADD(arena, out) = (struct site){.function = function,
                                                    .instruction = targets->instruction,
                                                    .file = program_file(output->program, place.file),
                                                    .line = place.line,
                                                    .column = place.column,
                                                    .indirect = indirect};
        }
        struct site *site = &out->items[index];
        site->outside |= targets->outside || (!indirect && unmodelled);
        for (uint32_t t = 0; t < targets->functions.count; t++) {
            list_add(arena, &site->functions, targets->functions.items[t]);
        }
        for (uint32_t t = 0; t < targets->externals.count; t++) {
            list_add(arena, &site->externals, targets->externals.items[t]);
        }
        for (uint32_t t = 0; t < targets->mistyped.count && !targets->untyped; t++) {
            list_add(arena, &site->mistyped, targets->mistyped.items[t]);
        }
    }
}

struct error *output_calls(struct output *output) {
    struct program *program = output->program;
    site_list sites = {0};
    collect_sites(output, &sites);
    if (sites.count) {
        qsort(sites.items, sites.count, sizeof *sites.items, compare_sites);
    }
    struct query *insert __attribute__((cleanup(scope_query))) = NULL;
    struct query *target __attribute__((cleanup(scope_query))) = NULL;
    TRY(store_prepare(output->store,
                      "INSERT INTO call_site (function_id, file, line, col, indirect, resolution, expression) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                      &insert));
    TRY(store_prepare(output->store, "INSERT INTO call_target (call_site_id, function_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING", &target));
    for (uint32_t i = 0; i < sites.count; i++) {
        const struct site *site = &sites.items[i];
        const struct function *function = &program->functions.items[site->function];
        const struct facts_instruction *call = &function->facts->instructions[site->instruction];
        const struct unit *unit = &program->units[function->unit];
        uint32_t record = call->record == FACTS_NONE ? NONE : unit->types[call->record];
        const char *expression = NULL;
        if (record != NONE && call->member < program->types.items[record].member_count) {
            expression =
                arena_format(program->arena, "%s.%s", program->types.items[record].name, program->types.items[record].members[call->member].name);
        }
        query_bind_int(insert, 1, output->function_ids[site->function]);
        query_bind_text(insert, 2, site->file);
        query_bind_int(insert, 3, site->line);
        query_bind_int(insert, 4, site->column);
        query_bind_int(insert, 5, site->indirect);
        query_bind_text(insert, 6,
                        site->functions.count || (site->indirect && site->externals.count) ? "resolved"
                        : site->outside                                                    ? "outside"
                                                                                           : "none in scope");
        query_bind_text(insert, 7, expression);
        TRY(query_run(insert));
        output->targets_mistyped += site->mistyped.count;
        int64_t id = store_last_id(output->store);
        for (uint32_t t = 0; t < site->functions.count + site->externals.count; t++) {
            int64_t callee = t < site->functions.count ? output->function_ids[site->functions.items[t]]
                                                       : output->external_ids[site->externals.items[t - site->functions.count]];
            if (callee) {
                query_bind_int(target, 1, id);
                query_bind_int(target, 2, callee);
                TRY(query_run(target));
            }
        }
    }
    return NULL;
}

struct error *output_edges(struct output *output) {
    const struct program *program = output->program;
    struct query *insert __attribute__((cleanup(scope_query))) = NULL;
    TRY(store_prepare(output->store, "INSERT INTO call_edge (caller_id, callee_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING", &insert));
    for (uint32_t f = 0; f < program->functions.count; f++) {
        const struct function *function = &program->functions.items[f];
        for (size_t i = 0; i < function->facts->instruction_count; i++) {
            uint32_t callee = program_called_function(program, function, &function->facts->instructions[i]);
            if (callee != NONE) {
                query_bind_int(insert, 1, output->function_ids[f]);
                query_bind_int(insert, 2, output->function_ids[callee]);
                TRY(query_run(insert));
            }
        }
    }
    return NULL;
}

/* ---- allocations ---- */

struct allocation {
    const char *function;
    const char *file;
    uint32_t line;
    const char *allocator;
    const char *root;
};

static int compare_allocations(const void *one, const void *other) {
    const struct allocation *a = one;
    const struct allocation *b = other;
    int order = strcmp(a->file, b->file);
    if (!order) {
        order = (a->line > b->line) - (a->line < b->line);
    }
    order = order ? order : strcmp(a->allocator, b->allocator);
    order = order ? order : strcmp(a->root, b->root);
    return order ? order : strcmp(a->function, b->function);
}

/* The allocation call itself, and every call on the way to it that was copied for context: the oracle sees one of them as the return address. */
struct error *output_allocations(struct output *output) {
    struct program *program = output->program;
    const struct points_to *p = output->points_to;
    VECTOR(struct allocation) found = {0};
    root_list roots = {0};
    for (uint32_t i = 0; i < p->things->items.count; i++) {
        if (p->things->items.items[i].kind != THING_HEAP) {
            continue;
        }
        uint32_t location = thing_location(p->things, i, 0);
        if (location == NONE) {
            continue;
        }
        states_roots(output->states, location, &roots);
        struct thing thing = p->things->items.items[i];
        for (uint32_t r = 0; r < roots.count; r++) {
            uint32_t instruction = thing.instruction;
            for (uint32_t frame = thing.frame; frame != NONE; frame = p->frames->items.items[frame].parent) {
                struct place place = modify_place(p, frame, instruction);
                *VECTOR_ADD(program->arena, &found) =
                    (struct allocation){program->functions.items[p->frames->items.items[frame].function].name, program_file(program, place.file),
                                        place.line, thing.allocator, roots.items[r].name};
                instruction = p->frames->items.items[frame].call;
            }
        }
    }
    if (found.count) {
        qsort(found.items, found.count, sizeof *found.items, compare_allocations);
    }
    struct query *insert __attribute__((cleanup(scope_query))) = NULL;
    TRY(store_prepare(output->store,
                      "INSERT INTO alloc_site (function, file, line, allocator, root) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING", &insert));
    for (uint32_t i = 0; i < found.count; i++) {
        query_bind_text(insert, 1, found.items[i].function);
        query_bind_text(insert, 2, found.items[i].file);
        query_bind_int(insert, 3, found.items[i].line);
        query_bind_text(insert, 4, found.items[i].allocator);
        query_bind_text(insert, 5, found.items[i].root);
        TRY(query_run(insert));
    }
    return NULL;
}

/* A row of may_read. */
struct reader_row {
    int64_t state;
    int64_t function;
    uint32_t line;
};

static int compare_readers(const void *one, const void *other) {
    const struct reader_row *a = one;
    const struct reader_row *b = other;
    int order = (a->state > b->state) - (a->state < b->state);
    order = order ? order : (a->function > b->function) - (a->function < b->function);
    return order ? order : (a->line > b->line) - (a->line < b->line);
}

/* By id, each pair once: a function of a header that units compile differently is several in the program, and one in the database. */
static struct error *output_reader_rows(struct output *output, const struct readers *readers) {
    struct reader_row *rows = arena_allocate(output->program->arena, (readers->items.count + 1) * sizeof *rows);
    for (uint32_t i = 0; i < readers->items.count; i++) {
        const struct reader *reader = &readers->items.items[i];
        rows[i] = (struct reader_row){output->state_ids[reader->state], output->function_ids[reader->function], reader->line};
    }
    qsort(rows, readers->items.count, sizeof *rows, compare_readers);
    struct query *insert __attribute__((cleanup(scope_query))) = NULL;
    TRY(store_prepare(output->store, "INSERT INTO may_read (state_id, function_id, line) VALUES (?1, ?2, ?3)", &insert));
    for (uint32_t i = 0; i < readers->items.count; i++) {
        if (i > 0 && rows[i].state == rows[i - 1].state && rows[i].function == rows[i - 1].function) {
            continue;
        }
        query_bind_int(insert, 1, rows[i].state);
        query_bind_int(insert, 2, rows[i].function);
        query_bind_int(insert, 3, rows[i].line);
        TRY(query_run(insert));
    }
    return NULL;
}

struct error *output_readers(struct output *output) {
    struct readers readers;
    uint32_t count = output->states->items.count;
    bool *is_wanted = arena_allocate(output->program->arena, count + 1);
    for (uint32_t state = 0; state < count; state++) {
        is_wanted[state] = state < output->state_count && output->state_ids[state] && output->states->items.items[state].root_kind != ROOT_UNKNOWN;
    }
    readers_find(output->points_to, output->states, is_wanted, &readers);
    TRY(output_reader_rows(output, &readers));
    return store_meta_set(output->store, "reads_wide", arena_format(output->program->arena, "%zu of %zu", readers.wide, readers.loads));
}
