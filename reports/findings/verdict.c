#include "findings/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "findings/pool.h"
#include "spillscope/text.h"

/* Page tables are found by walking, by the judge alone: they are unavoidable, and no finding. */
#define PAGE_TABLES "pagetables"

/* A (transaction, key) pair. */
struct pair {
    int64_t txn_id;
    const char *key;
};
struct pairs {
    struct pair *items; /* by txn_id */
    size_t count;
    size_t capacity;
};

static struct error *pairs_load(struct store *store, struct pool *pool, const char *sql, struct pairs *pairs) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error = store_prepare(store, sql, &query);
    while (!error && !(error = query_step(query, &row)) && row) {
        if (pairs->count == pairs->capacity) {
            size_t capacity = pairs->capacity ? pairs->capacity * 2 : 256;
            struct pair *grown = realloc(pairs->items, capacity * sizeof *grown);
            if (!grown) {
                return error_out_of_memory();
            }
            pairs->items = grown;
            pairs->capacity = capacity;
        }
        pairs->items[pairs->count++] = (struct pair){query_int(query, 0), pool_intern(pool, query_text(query, 1))};
    }
    return error;
}

/* Does a whitelist entry hold the key: is it the same, or an aggregate or wildcard above it? */
static bool key_holds(const char *entry, const char *key) {
    size_t length = strlen(entry);
    if (strcmp(entry, "*") == 0) {
        return true;
    }
    if (length >= 2 && strcmp(entry + length - 2, ".*") == 0) {
        length -= 2;
    }
    return strncmp(entry, key, length) == 0 && (!key[length] || key[length] == '.' || key[length] == '[');
}

static struct error *misses_count(struct store *store, struct pool *pool, const char *truth_sql, struct verdict *verdict) {
    struct pairs white = {0};
    struct pairs truth = {0};
    struct error *error =
        pairs_load(store, pool,
                   "SELECT m.txn_id, CASE WHEN s.wildcard AND s.key <> '*' AND s.key NOT GLOB '*.[*]' THEN s.key || '.*' ELSE s.key END "
                   "FROM may_modify m JOIN state s ON s.id = m.state_id ORDER BY m.txn_id, s.key",
                   &white);
    if (!error) {
        error = pairs_load(store, pool, truth_sql, &truth);
    }
    size_t start = 0;
    for (size_t index = 0; index < truth.count && !error; index++) {
        const struct pair *pair = &truth.items[index];
        bool held = strcmp(pair->key, PAGE_TABLES) == 0;
        while (start < white.count && white.items[start].txn_id < pair->txn_id) {
            start++;
        }
        for (size_t at = start; at < white.count && white.items[at].txn_id == pair->txn_id && !held; at++) {
            held = key_holds(white.items[at].key, pair->key);
        }
        verdict->misses += !held;
    }
    verdict->pairs = (int64_t)truth.count;
    free(white.items);
    free(truth.items);
    return error;
}

#define REPORTED                                                                                                                                     \
    "change c JOIN observation o ON o.id = c.observation_id JOIN state s ON s.id = c.state_id WHERE o.run_id = p.paired_id AND c.owner = 'server'"

/* Each query is put after "WITH p AS (the run)": p.id is the oracle's run, p.paired_id the probe's. */
static const struct {
    const char *sql;
    size_t offset;
} counts[] = {
    {"SELECT count(*) FROM p JOIN unmapped u ON u.run_id = p.id", offsetof(struct verdict, unmapped)},
    {"SELECT count(*) FROM p JOIN truth u ON u.run_id = p.id WHERE u.transient > 0", offsetof(struct verdict, transient)},
    {"SELECT coalesce(sum(u.stores), 0) FROM p JOIN truth u ON u.run_id = p.id", offsetof(struct verdict, stores)},
    {"SELECT coalesce(sum(u.silent), 0) FROM p JOIN truth u ON u.run_id = p.id", offsetof(struct verdict, silent)},
    {"SELECT count(*) FROM p JOIN truth u ON u.run_id = p.id WHERE u.changed > 0 AND u.owner = 'server'", offsetof(struct verdict, changed)},
    {"SELECT count(*) FROM p JOIN truth_function u ON u.run_id = p.id WHERE NOT EXISTS (SELECT 1 FROM closure c JOIN function f ON f.id = "
     "c.function_id "
     "LEFT JOIN file x ON x.id = f.file_id WHERE c.txn_id = u.txn_id AND f.name = u.function AND (x.path IS NULL OR x.path = u.file))",
     offsetof(struct verdict, functions)},
    {"SELECT count(*) FROM (SELECT DISTINCT o.txn_id, c.state_id FROM p JOIN " REPORTED " AND c.attribution = 'own' AND c.whitelisted = 1)",
     offsetof(struct verdict, reported)},
    {"SELECT count(*) FROM (SELECT DISTINCT o.txn_id, c.state_id FROM p JOIN " REPORTED
     " AND c.attribution = 'own' AND c.whitelisted = 1 AND NOT EXISTS "
     "(SELECT 1 FROM truth u WHERE u.run_id = p.id AND u.txn_id = o.txn_id AND u.key = s.key AND u.changed > 0 AND u.owner = 'server'))",
     offsetof(struct verdict, false_positives)},
    {"SELECT count(*) FROM p JOIN truth u ON u.run_id = p.id WHERE p.paired_id IS NOT NULL AND u.changed > 0 AND u.owner = 'server' AND u.key <> "
     "'" PAGE_TABLES "' AND NOT EXISTS (SELECT 1 FROM " REPORTED " AND o.txn_id = u.txn_id AND s.key = u.key)",
     offsetof(struct verdict, false_negatives)},
};

struct error *verdict_load(struct store *store, struct verdict *out_verdict) {
    struct verdict verdict = {0};
    int64_t run = 0;
    int64_t paired = 0;
    struct text sql __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = store_scalar(store, "SELECT coalesce(max(id), 0) FROM run WHERE tool = 'oracle' AND status = 'complete'", &run);
    if (error || !run) {
        *out_verdict = error ? *out_verdict : verdict;
        return error;
    }
    struct pool *pool __attribute__((cleanup(scope_pool))) = pool_create();
    if (!pool) {
        return error_out_of_memory();
    }
    text_append_format(&sql, "SELECT coalesce(paired_id, 0) FROM run WHERE id = %lld", (long long)run);
    error = store_scalar(store, text_string(&sql), &paired);
    verdict.present = true;
    verdict.paired = paired != 0;
    for (size_t index = 0; index < sizeof counts / sizeof counts[0] && !error; index++) {
        text_clear(&sql);
        text_append_format(&sql, "WITH p AS (SELECT id, paired_id FROM run WHERE id = %lld) %s", (long long)run, counts[index].sql);
        error = store_scalar(store, text_string(&sql), (int64_t *)(void *)((char *)&verdict + counts[index].offset));
    }
    if (!error) {
        text_clear(&sql);
        text_append_format(&sql, "SELECT txn_id, key FROM truth WHERE run_id = %lld ORDER BY txn_id, key", (long long)run);
        error = misses_count(store, pool, text_string(&sql), &verdict);
    }
    if (!error) {
        error = pool_check(pool);
    }
    if (!error) {
        *out_verdict = verdict;
    }
    return error;
}
