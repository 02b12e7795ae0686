#include "narrowing.h"

#include <string.h>

static uint64_t pair_of(uint32_t one, uint32_t other) {
    return (uint64_t)one << 32 | other;
}

static const char *kept(struct arena *arena, const char *text) {
    return text ? arena_copy(arena, text, strlen(text)) : "";
}

struct error *narrowing_read(const char *database, struct arena *arena, struct narrowing *narrowing) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = true;
    *narrowing = (struct narrowing){.arena = arena};
    struct error *error = store_open(database, STORE_READ, &store);
    if (!error) {
        error = store_prepare(
            store,
            "SELECT s.file, g.name, s.line, s.col, f.name, p.path FROM call_target t JOIN call_site s ON s.id = t.call_site_id JOIN function g "
            "ON g.id = s.function_id JOIN function f ON f.id = t.function_id LEFT JOIN file p ON p.id = f.file_id WHERE t.observed AND "
            "s.indirect ORDER BY s.id, f.id",
            &query);
    }
    while (!error && row) {
        error = query_step(query, &row);
        if (!error && row) {
            *VECTOR_ADD(arena, &narrowing->rows) = (struct observed){.file = kept(arena, query_text(query, 0)),
                                                                     .function = kept(arena, query_text(query, 1)),
                                                                     .line = (uint32_t)query_int(query, 2),
                                                                     .column = (uint32_t)query_int(query, 3),
                                                                     .target = kept(arena, query_text(query, 4)),
                                                                     .target_file = kept(arena, query_text(query, 5))};
        }
    }
    return error;
}

static bool function_is(const struct program *program, uint32_t f, const char *name, const char *file) {
    const struct function *function = &program->functions.items[f];
    return strcmp(function->name, name) == 0 && (function->place.file == NONE || strcmp(program_file(program, function->place.file), file) == 0);
}

/* Adds the target to every call through a pointer at this place; false when there is none. A macro may make several calls of one place. */
static bool site_allow(struct narrowing *narrowing, const struct program *program, uint32_t f, const struct observed *row, uint32_t target) {
    const struct function *function = &program->functions.items[f];
    const struct unit *unit = &program->units[function->unit];
    bool found = false;
    for (uint32_t i = 0; i < function->facts->instruction_count; i++) {
        const struct facts_instruction *call = &function->facts->instructions[i];
        bool placed = call->place.line != 0 && call->place.file != FACTS_NONE;
        if (call->op != FACTS_CALL || call->object != FACTS_NONE || !placed || call->place.line != row->line || call->place.column != row->column ||
            strcmp(program_file(program, unit->files[call->place.file]), row->file) != 0) {
            continue;
        }
        uint32_t site = narrowing->sites;
        narrowing->sites += map_add(narrowing->arena, &narrowing->site_of, pair_of(f, i), &site);
        if (target == NONE) {
            map_put(narrowing->arena, &narrowing->outsides, site, 1);
        } else {
            map_put(narrowing->arena, &narrowing->allowed, pair_of(site, target), 1);
        }
        found = true;
    }
    return found;
}

void narrowing_link(struct narrowing *narrowing, const struct program *program) {
    for (uint32_t r = 0; r < narrowing->rows.count; r++) {
        const struct observed *row = &narrowing->rows.items[r];
        bool found = false;
        uint32_t targets = 0;
        for (uint32_t t = 0; t < program->functions.count; t++) {
            if (!row->target_file[0] || !function_is(program, t, row->target, row->target_file)) {
                continue;
            }
            targets++;
            for (uint32_t f = 0; f < program->functions.count; f++) {
                found |= strcmp(program->functions.items[f].name, row->function) == 0 && site_allow(narrowing, program, f, row, t);
            }
        }
        for (uint32_t f = 0; targets == 0 && f < program->functions.count; f++) {
            found |= strcmp(program->functions.items[f].name, row->function) == 0 && site_allow(narrowing, program, f, row, NONE);
        }
        narrowing->lost += !found;
    }
}

bool narrowing_allows(const struct narrowing *narrowing, uint32_t function, uint32_t instruction, uint32_t target) {
    uint32_t site = map_get(&narrowing->site_of, pair_of(function, instruction));
    return site == MAP_NONE || map_get(&narrowing->allowed, pair_of(site, target)) != MAP_NONE;
}

bool narrowing_allows_outside(const struct narrowing *narrowing, uint32_t function, uint32_t instruction) {
    uint32_t site = map_get(&narrowing->site_of, pair_of(function, instruction));
    return site == MAP_NONE || map_get(&narrowing->outsides, site) != MAP_NONE;
}

struct error *narrowing_mark(struct output *output, const struct transaction *transaction, const struct modification *sound,
                             const struct modification *narrowed, struct arena *arena) {
    struct query *mark __attribute__((cleanup(scope_query))) = NULL;
    struct map left = {0};
    for (uint32_t i = 0; i < narrowed->states.count; i++) {
        map_put(arena, &left, narrowed->states.items[i].state, 1);
    }
    struct error *error = store_prepare(output->store, "UPDATE may_modify SET narrowed = 1 WHERE txn_id = ?1 AND state_id = ?2", &mark);
    for (uint32_t i = 0; !error && i < sound->states.count; i++) {
        uint32_t state = sound->states.items[i].state;
        if (map_get(&left, state) == MAP_NONE) {
            query_bind_int(mark, 1, transaction->id);
            query_bind_int(mark, 2, output->state_ids[state]);
            error = query_run(mark);
        }
    }
    return error;
}

struct error *narrowing_keep(const struct narrowing *narrowing, struct store *store) {
    struct query *mark __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(
        store,
        "INSERT INTO call_target (call_site_id, function_id, observed) SELECT s.id, f.id, 1 FROM call_site s JOIN function g ON g.id = "
        "s.function_id JOIN function f ON f.name = ?5 LEFT JOIN file p ON p.id = f.file_id WHERE s.indirect AND s.file = ?1 AND g.name = ?2 AND "
        "s.line = ?3 AND s.col = ?4 AND coalesce(p.path, '') = ?6 ON CONFLICT DO UPDATE SET observed = 1",
        &mark);
    for (uint32_t i = 0; !error && i < narrowing->rows.count; i++) {
        const struct observed *row = &narrowing->rows.items[i];
        query_bind_text(mark, 1, row->file);
        query_bind_text(mark, 2, row->function);
        query_bind_int(mark, 3, row->line);
        query_bind_int(mark, 4, row->column);
        query_bind_text(mark, 5, row->target);
        query_bind_text(mark, 6, row->target_file);
        error = query_run(mark);
    }
    return error;
}
