#include "findings/harm.h"

#include <stdlib.h>
#include <string.h>

#include "findings/pool.h"

static int finding_compare(const void *one, const void *other) {
    const struct finding *left = *(const struct finding *const *)one;
    const struct finding *right = *(const struct finding *const *)other;
    int order = (left->txn_id > right->txn_id) - (left->txn_id < right->txn_id);
    return order ? order : strcmp(left->key, right->key);
}

/* Findings in the order of the view's rows. */
static struct finding **findings_sorted(struct findings *findings) {
    struct finding **sorted = calloc(findings->count + 1, sizeof(struct finding *));
    for (size_t index = 0; sorted && index < findings->count; index++) {
        findings->items[index].harm = pool_intern(findings->pool, "");
        sorted[index] = &findings->items[index];
    }
    if (sorted) {
        qsort(sorted, findings->count, sizeof *sorted, finding_compare);
    }
    return sorted;
}

static int reset_compare(const void *one, const void *other) {
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* States that were reset in every workload of the litmus runs without harm. */
static struct error *resets_assign(struct store *store, struct findings *findings) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    const char **keys = NULL;
    size_t count = 0;
    size_t capacity = 0;
    bool row = false;
    struct error *error = store_prepare(store, "SELECT key FROM v_reset WHERE soft", &query);
    while (!error && !(error = query_step(query, &row)) && row) {
        if (count == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            const char **grown = realloc((void *)keys, capacity * sizeof *keys);
            error = grown ? NULL : error_out_of_memory();
            keys = grown ? grown : keys;
        }
        if (!error) {
            keys[count++] = pool_intern(findings->pool, query_text(query, 0));
        }
    }
    if (count) {
        qsort((void *)keys, count, sizeof *keys, reset_compare);
    }
    for (size_t index = 0; index < findings->count && count; index++) {
        findings->items[index].reset_unharmed = bsearch(&findings->items[index].key, keys, count, sizeof *keys, reset_compare) != NULL;
    }
    free((void *)keys);
    return error;
}

struct error *harm_assign(struct store *store, struct findings *findings) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct finding **sorted = findings_sorted(findings);
    struct error *error = sorted ? store_prepare(store, "SELECT txn_id, key, harm FROM v_harm ORDER BY txn_id, key", &query) : error_out_of_memory();
    size_t at = 0;
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        struct finding wanted = {.txn_id = query_int(query, 0), .key = query_text(query, 1)};
        const struct finding *pointer = &wanted;
        while (at < findings->count && finding_compare(&sorted[at], &pointer) < 0) {
            at++;
        }
        /* Primary and secondary findings of one pair lie together. */
        for (size_t same = at; same < findings->count && finding_compare(&sorted[same], &pointer) == 0; same++) {
            sorted[same]->harm = pool_intern(findings->pool, query_text(query, 2));
        }
    }
    free((void *)sorted);
    return error ? error : resets_assign(store, findings);
}
