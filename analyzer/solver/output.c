#include "output.h"
#include <stdlib.h>
#include <string.h>
#include "points_to_internal.h"

/* Prepares, runs `body` while there is no error, and leaves the function with the first error. */
#define PREPARE(output, variable, sql)                                                                                                               \
    struct query *variable __attribute__((cleanup(scope_query))) = NULL;                                                                             \
    do {                                                                                                                                             \
        struct error *prepare_error = store_prepare((output)->store, (sql), &variable);                                                              \
        if (prepare_error) {                                                                                                                         \
            return prepare_error;                                                                                                                    \
        }                                                                                                                                            \
    } while (0)
#define TRY(expression)                                                                                                                              \
    do {                                                                                                                                             \
        struct error *try_error = (expression);                                                                                                      \
        if (try_error) {                                                                                                                             \
            return try_error;                                                                                                                        \
        }                                                                                                                                            \
    } while (0)

struct error *output_clear(struct store *store) {
    int64_t runs = 0;
    struct error *error = store_scalar(store, "SELECT count(*) FROM run", &runs);
    if (!error && runs) {
        error =
            error_create(ERROR_USAGE, "the database holds %lld runs that belong to its static results; analyse into another file", (long long)runs);
    }
    if (!error) {
        error = store_execute(
            store,
            "DELETE FROM witness; DELETE FROM may_read; DELETE FROM may_modify; DELETE FROM unknown; DELETE FROM closure; DELETE FROM call_target;"
            "DELETE FROM call_site; DELETE FROM call_edge; DELETE FROM regroup_saved; DELETE FROM alloc_site; DELETE FROM pointee; DELETE "
            "FROM txn_group; DELETE FROM txn_alias;"
            "DELETE FROM txn; DELETE FROM state; DELETE FROM function; DELETE FROM file; DELETE FROM manifest; DELETE FROM declaration;"
            "DELETE FROM entity; DELETE FROM unit; DELETE FROM meta");
    }
    return error;
}

void output_init(struct store *store, struct program *program, struct transactions *transactions, struct states *states,
                 const struct points_to *points_to, struct output *out_output) {
    struct arena *arena = program->arena;
    *out_output = (struct output){.store = store, .program = program, .transactions = transactions, .states = states, .points_to = points_to};
    out_output->file_ids = arena_allocate(arena, (program->files.strings.count + 1) * sizeof(int64_t));
    out_output->function_ids = arena_allocate(arena, (program->functions.count + 1) * sizeof(int64_t));
    out_output->external_ids = arena_allocate(arena, (program->objects.count + 1) * sizeof(int64_t));
    out_output->taken_place = arena_allocate(arena, (program->functions.count + 1) * sizeof(struct place));
    for (uint32_t i = 0; i < program->initialisers.count; i++) {
        const struct object *target = &program->objects.items[program->initialisers.items[i].target];
        if (target->kind == FACTS_CODE && target->function_index != NONE && !out_output->taken_place[target->function_index].line) {
            out_output->taken_place[target->function_index] = program->objects.items[program->initialisers.items[i].object].place;
        }
    }
    for (uint32_t f = 0; f < program->functions.count; f++) {
        const struct function *function = &program->functions.items[f];
        const struct unit *unit = &program->units[function->unit];
        for (size_t i = 0; i < function->facts->instruction_count; i++) {
            const struct facts_instruction *instruction = &function->facts->instructions[i];
            uint32_t object = instruction->op == FACTS_ADDRESS && instruction->object != FACTS_NONE ? unit->objects[instruction->object] : NONE;
            uint32_t target = object == NONE ? NONE : program->objects.items[object].function_index;
            if (target != NONE && !out_output->taken_place[target].line && instruction->place.line) {
                out_output->taken_place[target] =
                    (struct place){unit->files[instruction->place.file], instruction->place.line, instruction->place.column};
            }
        }
    }
}

/* ---- program ---- */

static struct error *output_entities(struct output *output) {
    struct transactions *transactions = output->transactions;
    PREPARE(output, insert, "INSERT INTO entity (name, role, origin) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO NOTHING");
    PREPARE(output, find, "SELECT id FROM entity WHERE name = ?1");
    for (uint32_t i = 0; i < transactions->entities.count; i++) {
        struct entity *entity = &transactions->entities.items[i];
        query_bind_text(insert, 1, entity->name);
        query_bind_text(insert, 2, entity->role);
        query_bind_text(insert, 3, entity->origin);
        TRY(query_run(insert));
        bool row = false;
        query_bind_text(find, 1, entity->name);
        TRY(query_step(find, &row));
        entity->id = row ? query_int(find, 0) : 0;
        TRY(query_step(find, &row));
    }
    return NULL;
}

struct sorted_name {
    const char *name;
    const char *file;
    uint32_t index;
};

static int compare_names(const void *one, const void *other) {
    const struct sorted_name *a = one;
    const struct sorted_name *b = other;
    int order = strcmp(a->name, b->name);
    order = order ? order : strcmp(a->file, b->file);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

static struct error *output_files(struct output *output) {
    struct program *program = output->program;
    uint32_t count = program->files.strings.count;
    struct sorted_name *files = arena_allocate(program->arena, (count + 1) * sizeof *files);
    for (uint32_t i = 0; i < count; i++) {
        files[i] = (struct sorted_name){program->files.strings.items[i], "", i};
    }
    qsort(files, count, sizeof *files, compare_names);
    /* Entities first, in the order of files, so that their ids do not depend on what is looked up when. */
    for (uint32_t i = 0; i < count; i++) {
        transactions_entity(output->transactions, files[i].name);
    }
    TRY(output_entities(output));
    PREPARE(output, insert, "INSERT INTO file (path, entity_id) VALUES (?1, ?2)");
    for (uint32_t i = 0; i < count; i++) {
        uint32_t entity = transactions_entity(output->transactions, files[i].name);
        query_bind_text(insert, 1, files[i].name);
        query_bind_int(insert, 2, output->transactions->entities.items[entity].id);
        TRY(query_run(insert));
        output->file_ids[files[i].index] = store_last_id(output->store);
    }
    return NULL;
}

static struct error *output_functions(struct output *output) {
    struct program *program = output->program;
    struct sorted_name *sorted = arena_allocate(program->arena, (program->functions.count + program->objects.count + 1) * sizeof *sorted);
    uint32_t count = 0;
    for (uint32_t f = 0; f < program->functions.count; f++) {
        sorted[count++] = (struct sorted_name){program->functions.items[f].name, program_file(program, program->functions.items[f].place.file), f};
    }
    qsort(sorted, count, sizeof *sorted, compare_names);
    PREPARE(output, insert, "INSERT INTO function (name, file_id, line, linkage) VALUES (?1, ?2, ?3, ?4)");
    for (uint32_t i = 0; i < count; i++) {
        const struct function *function = &program->functions.items[sorted[i].index];
        if (i && strcmp(sorted[i].name, sorted[i - 1].name) == 0 && strcmp(sorted[i].file, sorted[i - 1].file) == 0) {
            output->function_ids[sorted[i].index] = output->function_ids[sorted[i - 1].index]; /* one header function, compiled differently */
            continue;
        }
        query_bind_text(insert, 1, function->name);
        if (function->place.file == NONE) {
            query_bind_null(insert, 2);
        } else {
            query_bind_int(insert, 2, output->file_ids[function->place.file]);
        }
        query_bind_int(insert, 3, function->place.line);
        query_bind_text(insert, 4, function->internal ? "static" : "external");
        TRY(query_run(insert));
        output->function_ids[sorted[i].index] = store_last_id(output->store);
    }
    /* What is called and not defined: names only. */
    bool *called = arena_allocate(program->arena, program->objects.count + 1);
    for (uint32_t c = 0; c < output->points_to->calls.count; c++) {
        const struct call_targets *targets = &output->points_to->calls.items[c];
        for (uint32_t t = 0; t < targets->externals.count; t++) {
            called[targets->externals.items[t]] = true;
        }
    }
    count = 0;
    for (uint32_t i = 0; i < program->objects.count; i++) {
        if (called[i] && program->objects.items[i].function_index == NONE) {
            sorted[count++] = (struct sorted_name){program->objects.items[i].name, "", i};
        }
    }
    qsort(sorted, count, sizeof *sorted, compare_names);
    for (uint32_t i = 0; i < count; i++) {
        query_bind_text(insert, 1, sorted[i].name);
        query_bind_null(insert, 2);
        query_bind_null(insert, 3);
        query_bind_text(insert, 4, "outside");
        TRY(query_run(insert));
        output->external_ids[sorted[i].index] = store_last_id(output->store);
    }
    return NULL;
}

struct error *output_program(struct output *output, const struct output_unit *units, size_t unit_count) {
    PREPARE(output, insert,
            "INSERT INTO unit (path, digest, status, message) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (path) DO UPDATE SET status = excluded.status, "
            "message = excluded.message WHERE excluded.status = 'failed'");
    for (size_t i = 0; i < unit_count; i++) {
        query_bind_text(insert, 1, units[i].path);
        query_bind_text(insert, 2, units[i].digest);
        query_bind_text(insert, 3, units[i].message ? "failed" : "ok");
        query_bind_text(insert, 4, units[i].message);
        TRY(query_run(insert));
    }
    TRY(output_files(output));
    return output_functions(output);
}

/* ---- states ---- */

static const char *const root_kinds[] = {"global", "static", "heap", "buffer", "unknown"};

static struct error *output_state(struct output *output, uint32_t state, int64_t *out_id) {
    struct program *program = output->program;
    if (state >= output->state_count) {
        uint32_t count = state * 2 + 64;
        int64_t *ids = arena_allocate(program->arena, count * sizeof *ids);
        if (output->state_count) {
            memcpy(ids, output->state_ids, output->state_count * sizeof *ids);
        }
        output->state_ids = ids;
        output->state_count = count;
    }
    if (!output->state_ids[state]) {
        const struct state *at = &output->states->items.items[state];
        PREPARE(output, insert,
                "INSERT INTO state (key, root, path, root_kind, entity_id, type, bit_offset, bit_size, wildcard, leaves, file, line, origin) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'analyzer')");
        query_bind_text(insert, 1, at->key);
        query_bind_text(insert, 2, at->root);
        query_bind_text(insert, 3, at->path);
        query_bind_text(insert, 4, root_kinds[at->root_kind]);
        if (at->file != NONE) {
            uint32_t entity = transactions_entity(output->transactions, program_file(program, at->file));
            query_bind_int(insert, 5, output->transactions->entities.items[entity].id);
        } else {
            query_bind_null(insert, 5);
        }
        query_bind_text(insert, 6, at->type == NONE ? NULL : type_spelling(program, at->type));
        if (at->bit_size) {
            query_bind_int(insert, 7, (int64_t)at->bit_offset);
            query_bind_int(insert, 8, (int64_t)at->bit_size);
        } else {
            query_bind_null(insert, 7);
            query_bind_null(insert, 8);
        }
        query_bind_int(insert, 9, at->wildcard);
        query_bind_int(insert, 10, (int64_t)at->leaves);
        query_bind_text(insert, 11, at->file == NONE ? NULL : program_file(program, at->file));
        if (at->file != NONE) {
            query_bind_int(insert, 12, at->line);
        } else {
            query_bind_null(insert, 12);
        }
        TRY(query_run(insert));
        output->state_ids[state] = store_last_id(output->store);
    }
    *out_id = output->state_ids[state];
    return NULL;
}

/* ---- transactions ---- */

static const char *call_reason(const struct output *output, struct arena *arena, const struct reached *caller, uint32_t instruction,
                               uint32_t callee) {
    const struct program *program = output->program;
    const struct facts_instruction *call = frame_instruction(output->points_to, caller->frame, instruction);
    const char *name = program->functions.items[callee].name;
    if (call->object != FACTS_NONE) {
        return arena_format(arena, "calls %s", name);
    }
    const struct call_targets *targets = points_to_targets(output->points_to, caller->frame, instruction);
    uint32_t record = mapped_type(output->points_to, caller->frame, call->record);
    const char *through = "a pointer";
    if (record != NONE && call->member < program->types.items[record].member_count) {
        through = arena_format(arena, "%s.%s", program->types.items[record].name, program->types.items[record].members[call->member].name);
    }
    struct place taken = output->taken_place[callee];
    return arena_format(arena, "calls %s through %s%s, which %s:%u puts there", name, through,
                        targets && targets->layered ? " (by the member's type)" : "", program_file(program, taken.file), taken.line);
}

static const char *store_reason(const struct output *output, struct arena *arena, const struct modified *modified) {
    struct program *program = output->program;
    const char *key = output->states->items.items[modified->state].key;
    if (modified->location == NONE) {
        return arena_format(arena, "may store to %s: what is called is not known", key);
    }
    struct location at = output->points_to->things->locations.items[modified->location];
    const struct thing *thing = &output->points_to->things->items.items[at.thing];
    const char *how = at.offset == OFFSET_ANY ? " at an unknown offset" : "";
    if (thing->kind == THING_ANY) {
        return arena_format(arena, "stores to %s: pointer to any %s from outside%s", key, type_spelling(program, thing->type), how);
    }
    if (thing->kind == THING_UNKNOWN) {
        return arena_format(arena, "stores to %s: pointer from outside (%s %s)", key, thing->cause, thing->detail);
    }
    if (thing->kind == THING_HEAP) {
        struct place place = modify_place(output->points_to, thing->frame, thing->instruction);
        return arena_format(arena, "stores to %s: object allocated at %s:%u%s", key, program_file(program, place.file), place.line, how);
    }
    return arena_format(arena, "stores to %s%s", key, how);
}

struct step {
    uint32_t function;
    struct place place;
    const char *why;
};

/* Transactions with more states than this name of each witness the entry, the last calls and the store: full chains would be most of the database. */
#define MANY_STATES 4000
#define LAST_CALLS 1

/* One row a step: the entry, each call, the store. */
static struct error *output_witness(struct output *output, struct query *insert, int64_t row, const struct modification *modification,
                                    const struct modified *modified) {
    struct arena *scratch = output->scratch;
    struct program *program = output->program;
    VECTOR(struct step) steps = {0};
    const struct reached *at = &modification->reached.items[modified->reached];
    const struct frames *frames = output->points_to->frames;
    *VECTOR_ADD(scratch, &steps) =
        (struct step){frames->items.items[at->frame].function, modify_place(output->points_to, at->frame, modified->instruction),
                      store_reason(output, scratch, modified)};
    unsigned left_out = 0;
    for (int depth = 0; at->by != NONE && depth < 1000; depth++) {
        const struct reached *caller = &modification->reached.items[at->by];
        if (modification->states.count > MANY_STATES && depth >= LAST_CALLS) {
            left_out++;
        } else {
            *VECTOR_ADD(scratch, &steps) =
                (struct step){frames->items.items[caller->frame].function, modify_place(output->points_to, caller->frame, at->instruction),
                              call_reason(output, scratch, caller, at->instruction, frames->items.items[at->frame].function)};
        }
        at = caller;
    }
    uint32_t entry = frames->items.items[at->frame].function;
    const char *why = left_out ? arena_format(scratch, "entry, and %u calls that are not listed", left_out) : "entry";
    *VECTOR_ADD(scratch, &steps) = (struct step){entry, program->functions.items[entry].place, why};
    for (uint32_t i = 0; i < steps.count; i++) {
        const struct step *step = &steps.items[steps.count - 1 - i];
        query_bind_int(insert, 1, row);
        query_bind_int(insert, 2, i);
        query_bind_text(insert, 3, program->functions.items[step->function].name);
        query_bind_text(insert, 4, program_file(program, step->place.file));
        query_bind_int(insert, 5, step->place.line);
        query_bind_text(insert, 6, step->why);
        TRY(query_run(insert));
    }
    return NULL;
}

static struct error *output_closure(struct output *output, int64_t transaction, const struct modification *modification) {
    PREPARE(output, insert, "INSERT INTO closure (txn_id, function_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
    for (uint32_t i = 0; i < modification->functions.count; i++) {
        query_bind_int(insert, 1, transaction);
        query_bind_int(insert, 2, output->function_ids[modification->functions.items[i]]);
        TRY(query_run(insert));
    }
    for (uint32_t i = 0; i < modification->externals.count; i++) {
        if (output->external_ids[modification->externals.items[i]]) {
            query_bind_int(insert, 1, transaction);
            query_bind_int(insert, 2, output->external_ids[modification->externals.items[i]]);
            TRY(query_run(insert));
        }
    }
    return NULL;
}

static struct error *output_unknowns(struct output *output, int64_t transaction, const struct modification *modification) {
    PREPARE(output, insert, "INSERT INTO unknown (txn_id, cause, detail, function, file, line) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    for (uint32_t i = 0; i < modification->unknowns.count; i++) {
        const struct unknown *unknown = &modification->unknowns.items[i];
        query_bind_int(insert, 1, transaction);
        query_bind_text(insert, 2, unknown->cause);
        query_bind_text(insert, 3, unknown->detail);
        query_bind_text(insert, 4, unknown->function);
        query_bind_text(insert, 5, program_file(output->program, unknown->place.file));
        query_bind_int(insert, 6, unknown->place.line);
        TRY(query_run(insert));
    }
    return NULL;
}

/* Ranks all states by key, when new ones have come. */
static void rank_states(struct output *output) {
    struct arena *arena = output->program->arena;
    uint32_t count = output->states->items.count;
    if (count == output->ranked) {
        return;
    }
    struct sorted_name *sorted = arena_grow(arena, NULL, 0, count * sizeof *sorted);
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = (struct sorted_name){output->states->items.items[i].key, "", i};
    }
    qsort(sorted, count, sizeof *sorted, compare_names);
    if (output->ranked) {
        arena_recycle(arena, output->state_ranks, output->ranked * sizeof *output->state_ranks);
    }
    output->state_ranks = arena_grow(arena, NULL, 0, count * sizeof *output->state_ranks);
    for (uint32_t i = 0; i < count; i++) {
        output->state_ranks[sorted[i].index] = i;
    }
    output->ranked = count;
    arena_recycle(arena, sorted, count * sizeof *sorted);
}

struct error *output_transaction(struct output *output, struct transaction *transaction, const struct modification *modification) {
    struct program *program = output->program;
    PREPARE(output, insert, "INSERT INTO txn (name, common_name, entity_id, function_id, found_by, fixed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    uint32_t entity = transactions_entity(output->transactions, program_file(program, program->functions.items[transaction->function].place.file));
    query_bind_text(insert, 1, transaction->name);
    query_bind_text(insert, 2, transaction->common_name);
    query_bind_int(insert, 3, output->transactions->entities.items[entity].id);
    query_bind_int(insert, 4, output->function_ids[transaction->function]);
    query_bind_text(insert, 5, transaction->found_by);
    query_bind_int(insert, 6, transaction->fixed);
    TRY(query_run(insert));
    int64_t id = store_last_id(output->store);
    transaction->id = id;
    PREPARE(output, alias, "INSERT INTO txn_alias (txn_id, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
    for (uint32_t i = 0; i < transaction->aliases.count; i++) {
        query_bind_int(alias, 1, id);
        query_bind_text(alias, 2, transaction->aliases.items[i]);
        TRY(query_run(alias));
    }
    PREPARE(output, pair, "INSERT INTO may_modify (txn_id, state_id, phase, by_unknown) VALUES (?1, ?2, ?3, ?4)");
    PREPARE(output, witness, "INSERT INTO witness (may_modify_id, step, function, file, line, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    /* Sorted by key, so that ids do not depend on the order in which states were met. */
    rank_states(output);
    const struct modified **sorted = arena_allocate(output->scratch, (output->states->items.count + 1) * sizeof *sorted);
    for (uint32_t i = 0; i < modification->states.count; i++) {
        sorted[output->state_ranks[modification->states.items[i].state]] = &modification->states.items[i];
    }
    for (uint32_t i = 0; i < output->states->items.count; i++) {
        const struct modified *modified = sorted[i];
        if (!modified) {
            continue;
        }
        int64_t state = 0;
        TRY(output_state(output, modified->state, &state));
        query_bind_int(pair, 1, id);
        query_bind_int(pair, 2, state);
        query_bind_text(pair, 3, modified->runtime ? "runtime" : "init");
        query_bind_int(pair, 4, modified->by_unknown);
        TRY(query_run(pair));
        TRY(output_witness(output, witness, store_last_id(output->store), modification, modified));
    }
    TRY(output_closure(output, id, modification));
    return output_unknowns(output, id, modification);
}

struct error *output_deferrals(struct output *output) {
    const struct models *models = output->points_to->models;
    PREPARE(
        output, insert,
        "INSERT INTO manifest (section, name, key, value, line) SELECT 'thread_entry', '', 'call', ?1, 0 WHERE NOT EXISTS (SELECT 1 FROM manifest "
        "WHERE section = 'thread_entry' AND key = 'call' AND value = ?1)");
    for (uint32_t m = 0; m < models->items.count; m++) {
        const struct model *model = &models->items.items[m];
        bool used = program_find_global(output->program, model->name) != NONE;
        for (uint32_t i = 0; used && i < model->deferred_count; i++) {
            const struct model_deferred *deferred = &model->deferred[i];
            query_bind_text(insert, 1,
                            arena_format(output->program->arena, "%s %d%s%s", model->name, deferred->argument, deferred->member ? "." : "",
                                         deferred->member ? deferred->member : ""));
            TRY(query_run(insert));
        }
    }
    return NULL;
}

struct error *output_groups(struct output *output) {
    PREPARE(output, unknown,
            "SELECT m.name, m.value, m.line FROM manifest m WHERE m.section = 'group' AND NOT EXISTS (SELECT 1 FROM txn t LEFT JOIN txn_alias a ON "
            "a.txn_id = t.id WHERE t.name = m.value OR a.name = m.value) ORDER BY m.id LIMIT 1");
    bool row = false;
    TRY(query_step(unknown, &row));
    if (row) {
        return error_create(ERROR_USAGE, "manifest:%lld: [group %s] names %s, which is no transaction", (long long)query_int(unknown, 2),
                            query_text(unknown, 0), query_text(unknown, 1));
    }
    PREPARE(
        output, insert,
        "INSERT INTO txn_group (name, txn_id, place) SELECT DISTINCT m.name, t.id, m.key FROM manifest m JOIN txn t ON t.name = m.value OR EXISTS "
        "(SELECT 1 FROM txn_alias a WHERE a.txn_id = t.id AND a.name = m.value) WHERE m.section = 'group' ORDER BY 1, 2 "
        "ON CONFLICT (name, txn_id) DO NOTHING");
    return query_run(insert);
}

struct error *output_causes(struct output *output) {
    PREPARE(output, update, "UPDATE txn SET caused_by = ?2 WHERE id = ?1");
    for (uint32_t i = 0; i < output->transactions->items.count; i++) {
        const struct transaction *transaction = &output->transactions->items.items[i];
        if (transaction->caused_by != NONE) {
            query_bind_int(update, 1, transaction->id);
            query_bind_int(update, 2, output->transactions->items.items[transaction->caused_by].id);
            TRY(query_run(update));
        }
    }
    return NULL;
}
