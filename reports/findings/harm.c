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
    return error;
}
