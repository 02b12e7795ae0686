#include <stdlib.h>
#include <string.h>
#include "output_internal.h"
#include "points_to_internal.h"

/* What transactions may modify: states, whitelists with witnesses, closures, unknowns. */

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

struct sorted_state {
    const char *key;
    uint32_t state;
};

static int compare_states(const void *one, const void *other) {
    return strcmp(((const struct sorted_state *)one)->key, ((const struct sorted_state *)other)->key);
}

/* Ranks all states by key, when new ones have come. */
static void rank_states(struct output *output) {
    struct arena *arena = output->program->arena;
    uint32_t count = output->states->items.count;
    if (count == output->ranked) {
        return;
    }
    struct sorted_state *sorted = arena_grow(arena, NULL, 0, count * sizeof *sorted);
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = (struct sorted_state){output->states->items.items[i].key, i};
    }
    qsort(sorted, count, sizeof *sorted, compare_states);
    if (output->ranked) {
        arena_recycle(arena, output->state_ranks, output->ranked * sizeof *output->state_ranks);
    }
    output->state_ranks = arena_grow(arena, NULL, 0, count * sizeof *output->state_ranks);
    for (uint32_t i = 0; i < count; i++) {
        output->state_ranks[sorted[i].state] = i;
    }
    output->ranked = count;
    arena_recycle(arena, sorted, count * sizeof *sorted);
}

/* Words of a witness that many transactions share are written once, as long as the whole program's solution is what is told of. */
static struct reason *reason_at(struct output *output, const uint64_t *key, uint32_t count, bool *out_known) {
    bool whole = output->points_to->global == NULL;
    uint32_t index = output->reasons.count;
    *out_known = whole && !keys_add(output->program->arena, &output->reason_of, key, count, &index);
    if (whole) {
        return *out_known ? &output->reasons.items[index] : VECTOR_ADD(output->program->arena, &output->reasons);
    }
    return arena_allocate(output->scratch, sizeof(struct reason));
}

static struct reason call_reason_at(struct output *output, const struct reached *caller, uint32_t instruction, uint32_t callee) {
    uint64_t key[] = {0, caller->frame, instruction, callee};
    bool known = false;
    struct reason *reason = reason_at(output, key, sizeof key / sizeof *key, &known);
    if (!known) {
        struct arena *arena = output->points_to->global ? output->scratch : output->program->arena;
        reason->why = call_reason(output, arena, caller, instruction, callee);
        reason->hash = hash_string(reason->why);
    }
    return *reason;
}

static struct reason store_reason_at(struct output *output, const struct modified *modified) {
    uint64_t key[] = {1, modified->state, modified->location};
    bool known = false;
    struct reason *reason = reason_at(output, key, sizeof key / sizeof *key, &known);
    if (!known) {
        struct arena *arena = output->points_to->global ? output->scratch : output->program->arena;
        reason->why = store_reason(output, arena, modified);
        reason->hash = hash_string(reason->why);
    }
    return *reason;
}

struct step {
    uint32_t function;
    struct place place;
    struct reason reason;
};

/* A row of the whitelist with its witness: the entry, each call, the store, from the last one. */
struct pair {
    int64_t state;
    const struct modified *modified;
    uint32_t first_step;
    uint32_t steps;
};

/* All rows that one transaction has. */
struct rows {
    int64_t transaction;
    const struct modification *modification;
    VECTOR(struct pair) pairs;
    VECTOR(struct step) steps;
};

/* Transactions with more states than this name of each witness the entry, the last calls and the store: full chains would be most of the database. */
#define MANY_STATES 4000
#define LAST_CALLS 1

static void collect_witness(struct output *output, struct rows *rows, struct pair *pair) {
    struct arena *scratch = output->scratch;
    const struct modification *modification = rows->modification;
    const struct frames *frames = output->points_to->frames;
    const struct reached *at = &modification->reached.items[pair->modified->reached];
    pair->first_step = rows->steps.count;
    *VECTOR_ADD(scratch, &rows->steps) =
        (struct step){frames->items.items[at->frame].function, modify_place(output->points_to, at->frame, pair->modified->instruction),
                      store_reason_at(output, pair->modified)};
    unsigned left_out = 0;
    for (int depth = 0; at->by != NONE && depth < 1000; depth++) {
        const struct reached *caller = &modification->reached.items[at->by];
        if (modification->states.count > MANY_STATES && depth >= LAST_CALLS) {
            left_out++;
        } else {
            *VECTOR_ADD(scratch, &rows->steps) =
                (struct step){frames->items.items[caller->frame].function, modify_place(output->points_to, caller->frame, at->instruction),
                              call_reason_at(output, caller, at->instruction, frames->items.items[at->frame].function)};
        }
        at = caller;
    }
    uint32_t entry = frames->items.items[at->frame].function;
    const char *why = left_out ? arena_format(scratch, "entry, and %u calls that are not listed", left_out) : "entry";
    *VECTOR_ADD(scratch, &rows->steps) = (struct step){entry, output->program->functions.items[entry].place, {why, left_out}};
    pair->steps = rows->steps.count - pair->first_step;
}

static struct error *collect_rows(struct output *output, struct rows *rows) {
    /* Sorted by key, so that ids do not depend on the order in which states were met. */
    rank_states(output);
    const struct modification *modification = rows->modification;
    const struct modified **sorted = arena_allocate(output->scratch, (output->states->items.count + 1) * sizeof *sorted);
    for (uint32_t i = 0; i < modification->states.count; i++) {
        sorted[output->state_ranks[modification->states.items[i].state]] = &modification->states.items[i];
    }
    for (uint32_t i = 0; i < output->states->items.count; i++) {
        if (sorted[i]) {
            struct pair *pair = VECTOR_ADD(output->scratch, &rows->pairs);
            *pair = (struct pair){.modified = sorted[i]};
            TRY(output_state(output, sorted[i]->state, &pair->state));
            collect_witness(output, rows, pair);
        }
    }
    return NULL;
}

/* Names of functions and files stand for themselves: their numbers differ between analyses. */
static uint64_t name_hash(struct output *output, const char *name) {
    uint32_t index = output->name_hashes.count;
    if (map_add(output->program->arena, &output->name_hash_of, (uint64_t)(uintptr_t)name, &index)) {
        *VECTOR_ADD(output->program->arena, &output->name_hashes) = hash_string(name);
    }
    return output->name_hashes.items[index];
}

static uint64_t rows_digest(struct output *output, const struct rows *rows) {
    const struct program *program = output->program;
    uint64_t hash = hash_mix((uint64_t)rows->transaction, rows->pairs.count);
    for (uint32_t i = 0; i < rows->pairs.count; i++) {
        const struct pair *pair = &rows->pairs.items[i];
        hash = hash_mix(hash, (uint64_t)pair->state);
        hash = hash_mix(hash, ((uint64_t)pair->steps << 2) | (uint64_t)pair->modified->runtime << 1 | pair->modified->by_unknown);
        for (uint32_t s = pair->first_step; s < pair->first_step + pair->steps; s++) {
            const struct step *step = &rows->steps.items[s];
            hash = hash_mix(hash, name_hash(output, program->functions.items[step->function].name));
            hash = hash_mix(hash, name_hash(output, program_file(program, step->place.file)) ^ step->place.line);
            hash = hash_mix(hash, step->reason.hash);
        }
    }
    return hash;
}

static struct error *insert_rows(struct output *output, const struct rows *rows, int64_t first) {
    struct program *program = output->program;
    PREPARE(output, insert, "INSERT INTO may_modify (id, txn_id, state_id, phase, by_unknown) VALUES (?1, ?2, ?3, ?4, ?5)");
    PREPARE(output, witness, "INSERT INTO witness (may_modify_id, step, function, file, line, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    for (uint32_t i = 0; i < rows->pairs.count; i++) {
        const struct pair *pair = &rows->pairs.items[i];
        query_bind_int(insert, 1, first + i);
        query_bind_int(insert, 2, rows->transaction);
        query_bind_int(insert, 3, pair->state);
        query_bind_borrowed(insert, 4, pair->modified->runtime ? "runtime" : "init");
        query_bind_int(insert, 5, pair->modified->by_unknown);
        TRY(query_run(insert));
        for (uint32_t s = 0; s < pair->steps; s++) {
            const struct step *step = &rows->steps.items[pair->first_step + pair->steps - 1 - s];
            query_bind_int(witness, 1, first + i);
            query_bind_int(witness, 2, s);
            query_bind_borrowed(witness, 3, program->functions.items[step->function].name);
            query_bind_borrowed(witness, 4, program_file(program, step->place.file));
            query_bind_int(witness, 5, step->place.line);
            query_bind_borrowed(witness, 6, step->reason.why);
            TRY(query_run(witness));
        }
    }
    return NULL;
}

static void count_rows(struct output *output, const struct rows *rows) {
    struct output_size size = {.states = rows->pairs.count};
    for (uint32_t i = 0; i < rows->pairs.count; i++) {
        const struct modified *modified = rows->pairs.items[i].modified;
        uint64_t leaves = output->states->items.items[modified->state].leaves;
        size.leaves += leaves;
        output->by_unknown.states += modified->by_unknown;
        output->by_unknown.leaves += modified->by_unknown ? leaves : 0;
    }
    *VECTOR_ADD(output->program->arena, &output->sizes) = size;
}

static void count_unknown(struct output *output, int64_t transaction, const struct unknown *unknown) {
    struct arena *arena = output->program->arena;
    uint32_t cause = names_intern(arena, &output->causes, unknown->cause);
    if (cause == output->cause_counts.count) {
        *VECTOR_ADD(arena, &output->cause_counts) = (struct output_cause){.cause = output->causes.strings.items[cause]};
    }
    struct output_cause *count = &output->cause_counts.items[cause];
    uint64_t key[] = {cause, names_intern(arena, &output->details, unknown->detail), name_hash(output, unknown->function), unknown->place.file,
                      unknown->place.line};
    uint32_t value = 0;
    count->places += keys_add(arena, &output->unknown_places, key, sizeof key / sizeof *key, &value);
    count->transactions += count->last != transaction;
    count->last = transaction;
}

static struct error *output_pairs(struct output *output, int64_t transaction, const struct modification *modification) {
    struct rows rows = {.transaction = transaction, .modification = modification};
    int64_t first = 0;
    bool stay = false;
    TRY(collect_rows(output, &rows));
    count_rows(output, &rows);
    TRY(kept_claim(output->kept, output->store, KEPT_PAIRS, rows_digest(output, &rows), rows.pairs.count, &first, &stay));
    return stay ? NULL : insert_rows(output, &rows, first);
}

static int compare_ids(const void *one, const void *other) {
    int64_t a = *(const int64_t *)one;
    int64_t b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

static struct error *output_closure(struct output *output, int64_t transaction, const struct modification *modification) {
    uint32_t count = 0;
    int64_t *ids = arena_allocate(output->scratch, (modification->functions.count + modification->externals.count + 1) * sizeof *ids);
    for (uint32_t i = 0; i < modification->functions.count; i++) {
        ids[count++] = output->function_ids[modification->functions.items[i]];
    }
    for (uint32_t i = 0; i < modification->externals.count; i++) {
        ids[count] = output->external_ids[modification->externals.items[i]];
        count += ids[count] != 0;
    }
    qsort(ids, count, sizeof *ids, compare_ids);
    uint32_t distinct = 0;
    uint64_t hash = (uint64_t)transaction;
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || ids[i] != ids[i - 1]) {
            ids[distinct++] = ids[i];
            hash = hash_mix(hash, (uint64_t)ids[i]);
        }
    }
    int64_t first = 0;
    bool stay = false;
    TRY(kept_claim(output->kept, output->store, KEPT_CLOSURES, hash, distinct, &first, &stay));
    PREPARE(output, insert, "INSERT INTO closure (txn_id, function_id) VALUES (?1, ?2)");
    for (uint32_t i = 0; !stay && i < distinct; i++) {
        query_bind_int(insert, 1, transaction);
        query_bind_int(insert, 2, ids[i]);
        TRY(query_run(insert));
    }
    return NULL;
}

static struct error *output_unknowns(struct output *output, int64_t transaction, const struct modification *modification) {
    uint64_t hash = (uint64_t)transaction;
    for (uint32_t i = 0; i < modification->unknowns.count; i++) {
        const struct unknown *unknown = &modification->unknowns.items[i];
        hash = hash_mix(hash, hash_mix(hash_string(unknown->cause), hash_string(unknown->detail)));
        hash = hash_mix(hash, hash_mix(name_hash(output, unknown->function), name_hash(output, program_file(output->program, unknown->place.file))));
        hash = hash_mix(hash, unknown->place.line);
        count_unknown(output, transaction, unknown);
    }
    int64_t first = 0;
    bool stay = false;
    TRY(kept_claim(output->kept, output->store, KEPT_UNKNOWNS, hash, modification->unknowns.count, &first, &stay));
    PREPARE(output, insert, "INSERT INTO unknown (id, txn_id, cause, detail, function, file, line) VALUES (?7, ?1, ?2, ?3, ?4, ?5, ?6)");
    for (uint32_t i = 0; !stay && i < modification->unknowns.count; i++) {
        const struct unknown *unknown = &modification->unknowns.items[i];
        query_bind_int(insert, 1, transaction);
        query_bind_borrowed(insert, 2, unknown->cause);
        query_bind_borrowed(insert, 3, unknown->detail);
        query_bind_borrowed(insert, 4, unknown->function);
        query_bind_borrowed(insert, 5, program_file(output->program, unknown->place.file));
        query_bind_int(insert, 6, unknown->place.line);
        query_bind_int(insert, 7, first + i);
        TRY(query_run(insert));
    }
    return NULL;
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
    TRY(output_pairs(output, id, modification));
    TRY(output_closure(output, id, modification));
    return output_unknowns(output, id, modification);
}
