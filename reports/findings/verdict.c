#include "findings/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "findings/pool.h"
#include "spillscope/state_key.h"

/* A (transaction, key) pair. */
struct pair {
    int64_t txn_id;
    const char *key;
    bool flag; /* whitelist: unused; truth: truly changed */
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
        pairs->items[pairs->count++] = (struct pair){query_int(query, 0), pool_intern(pool, query_text(query, 1)), query_int(query, 2) != 0};
    }
    return error;
}

/* Does one of the pairs of the same transaction overlap? *start is where the transaction may begin: calls come in the order of txn_id. */
static bool pairs_cover(const struct pairs *pairs, size_t *start, const struct pair *pair, bool flagged) {
    while (*start < pairs->count && pairs->items[*start].txn_id < pair->txn_id) {
        (*start)++;
    }
    for (size_t at = *start; at < pairs->count && pairs->items[at].txn_id == pair->txn_id; at++) {
        if ((!flagged || pairs->items[at].flag) && state_key_overlaps(pairs->items[at].key, pair->key)) {
            return true;
        }
    }
    return false;
}

static struct error *verdict_judge(struct store *store, struct pool *pool, struct verdict *verdict) {
    struct pairs white = {0};
    struct pairs truth = {0};
    struct pairs spill = {0};
    struct error *error =
        pairs_load(store, pool, "SELECT m.txn_id, s.key, 0 FROM may_modify m JOIN state s ON s.id = m.state_id ORDER BY m.txn_id, s.key", &white);
    if (!error) {
        error = pairs_load(
            store, pool, "SELECT txn_id, key, max(changed > 0) FROM truth WHERE owner = 'server' GROUP BY txn_id, key ORDER BY txn_id, key", &truth);
    }
    if (!error) {
        error = pairs_load(store, pool, "SELECT DISTINCT txn_id, key, 1 FROM v_spill WHERE attribution = 'own' ORDER BY txn_id, key", &spill);
    }
    size_t in_white = 0;
    size_t in_spill = 0;
    for (size_t index = 0; index < truth.count && !error; index++) {
        verdict->misses += !pairs_cover(&white, &in_white, &truth.items[index], false);
        verdict->changed += truth.items[index].flag;
        verdict->false_negatives += truth.items[index].flag && !pairs_cover(&spill, &in_spill, &truth.items[index], false);
    }
    size_t in_truth = 0;
    for (size_t index = 0; index < spill.count && !error; index++) {
        verdict->false_positives += !pairs_cover(&truth, &in_truth, &spill.items[index], true);
    }
    verdict->pairs = (int64_t)truth.count;
    verdict->reported = (int64_t)spill.count;
    free(white.items);
    free(truth.items);
    free(spill.items);
    return error;
}

struct error *verdict_load(struct store *store, struct verdict *out_verdict) {
    struct verdict verdict = {0};
    int64_t runs = 0;
    struct error *error = store_scalar(store, "SELECT count(*) FROM run WHERE tool = 'oracle'", &runs);
    if (error || !runs) {
        *out_verdict = verdict;
        return error;
    }
    struct pool *pool __attribute__((cleanup(scope_pool))) = pool_create();
    if (!pool) {
        return error_out_of_memory();
    }
    verdict.present = true;
    const struct {
        const char *sql;
        int64_t *value;
    } scalars[] = {{"SELECT count(*) FROM unmapped", &verdict.unmapped},
                   {"SELECT coalesce(sum(transient), 0) FROM truth WHERE owner = 'server'", &verdict.transient},
                   {"SELECT coalesce(sum(stores), 0) FROM truth WHERE owner = 'server'", &verdict.stores},
                   {"SELECT coalesce(sum(silent), 0) FROM truth WHERE owner = 'server'", &verdict.silent}};
    for (size_t index = 0; index < sizeof scalars / sizeof scalars[0] && !error; index++) {
        error = store_scalar(store, scalars[index].sql, scalars[index].value);
    }
    if (!error) {
        error = verdict_judge(store, pool, &verdict);
    }
    if (!error) {
        error = pool_check(pool);
    }
    if (!error) {
        *out_verdict = verdict;
    }
    return error;
}
