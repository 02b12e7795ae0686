#include <stdlib.h>
#include <string.h>
#include "output_internal.h"
#include "output_witness.h"

/* What transactions may modify: states, whitelists, closures. */

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

/* A row of the whitelist. */
struct pair {
    int64_t state;
    const struct modified *modified;
    struct witness witness;
};

/* All rows that one transaction has. */
struct rows {
    int64_t transaction;
    const struct modification *modification;
    VECTOR(struct pair) pairs;
};

static struct error *collect_rows(struct output *output, struct witness_tree *tree, struct rows *rows) {
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
            pair->witness = witness_tree_add(output, tree, pair->modified);
        }
    }
    return NULL;
}

static uint64_t rows_digest(const struct rows *rows) {
    uint64_t hash = hash_mix((uint64_t)rows->transaction, rows->pairs.count);
    for (uint32_t i = 0; i < rows->pairs.count; i++) {
        const struct pair *pair = &rows->pairs.items[i];
        hash = hash_mix(hash, (uint64_t)pair->state << 2 | (uint64_t)pair->modified->runtime << 1 | pair->modified->by_unknown);
        hash = hash_mix(hash, pair->witness.call);
        hash = hash_mix(hash, (uint64_t)pair->witness.store);
    }
    return hash;
}

static struct error *insert_rows(struct output *output, const struct rows *rows, int64_t first) {
    PREPARE(output, insert, "INSERT INTO may_modify (id, txn_id, state_id, phase, by_unknown, call, store_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    for (uint32_t i = 0; i < rows->pairs.count; i++) {
        const struct pair *pair = &rows->pairs.items[i];
        query_bind_int(insert, 1, first + i);
        query_bind_int(insert, 2, rows->transaction);
        query_bind_int(insert, 3, pair->state);
        query_bind_borrowed(insert, 4, pair->modified->runtime ? "runtime" : "init");
        query_bind_int(insert, 5, pair->modified->by_unknown);
        query_bind_int(insert, 6, pair->witness.call);
        query_bind_int(insert, 7, pair->witness.store);
        TRY(query_run(insert));
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

static struct error *output_pairs(struct output *output, int64_t transaction, const struct modification *modification) {
    struct rows rows = {.transaction = transaction, .modification = modification};
    struct witness_tree tree;
    int64_t first = 0;
    bool stay = false;
    witness_tree_init(output, modification, &tree);
    TRY(collect_rows(output, &tree, &rows));
    count_rows(output, &rows);
    TRY(kept_claim(output->kept, output->store, KEPT_PAIRS, rows_digest(&rows), rows.pairs.count, &first, &stay));
    if (!stay) {
        TRY(insert_rows(output, &rows, first));
    }
    return witness_tree_write(output, transaction, &tree);
}

static int compare_ids(const void *one, const void *other) {
    int64_t a = *(const int64_t *)one;
    int64_t b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

struct error *output_links(struct output *output, enum kept_table table, const char *sql, int64_t transaction, int64_t *ids, uint32_t count) {
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
    TRY(kept_claim(output->kept, output->store, table, hash, distinct, &first, &stay));
    PREPARE(output, insert, sql);
    for (uint32_t i = 0; !stay && i < distinct; i++) {
        query_bind_int(insert, 1, transaction);
        query_bind_int(insert, 2, ids[i]);
        TRY(query_run(insert));
    }
    return NULL;
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
    return output_links(output, KEPT_CLOSURES, "INSERT INTO closure (txn_id, function_id) VALUES (?1, ?2)", transaction, ids, count);
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
