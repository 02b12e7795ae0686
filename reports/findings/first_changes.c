#include "findings/first_changes.h"

#include <stdlib.h>

#include "findings/pool.h"

static int change_compare(const void *one, const void *other) {
    const struct first_change *left = one;
    const struct first_change *right = other;
    int order = (left->txn_id > right->txn_id) - (left->txn_id < right->txn_id);
    order = order ? order : (left->state_id > right->state_id) - (left->state_id < right->state_id);
    return order ? order : (int)left->kind - (int)right->kind;
}

static struct first_change change_read(const struct query *query, struct pool *pool) {
    return (struct first_change){
        .txn_id = query_int(query, 0),
        .state_id = query_int(query, 1),
        .kind = query_int(query, 2) ? FINDING_PRIMARY : FINDING_SECONDARY,
        .example = {.instance = pool_intern(pool, query_text(query, 3)),
                    .effect = pool_intern(pool, query_text(query, 4)),
                    .old_value = pool_intern(pool, query_text(query, 5)),
                    .new_value = pool_intern(pool, query_text(query, 6)),
                    .client = pool_intern(pool, query_text(query, 7)),
                    .sequence = query_int(query, 8)},
    };
}

struct error *first_changes_load(struct store *store, struct pool *pool, struct first_changes *out_changes) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct first_changes changes = {0};
    size_t capacity = 0;
    bool row = false;
    struct error *error = store_prepare(
        store, "SELECT txn_id, state_id, kind = 'primary', instance, effect, old_value, new_value, client, sequence FROM v_first_change", &query);
    while (!error && !(error = query_step(query, &row)) && row) {
        if (changes.count == capacity) {
            capacity = capacity ? capacity * 2 : 256;
            struct first_change *grown = realloc(changes.items, capacity * sizeof *grown);
            if (!grown) {
                error = error_out_of_memory();
                break;
            }
            changes.items = grown;
        }
        changes.items[changes.count++] = change_read(query, pool);
    }
    if (error) {
        free(changes.items);
        return error;
    }
    if (changes.count) {
        qsort(changes.items, changes.count, sizeof *changes.items, change_compare);
    }
    *out_changes = changes;
    return NULL;
}

void first_changes_deinit(struct first_changes *changes) {
    free(changes->items);
    *changes = (struct first_changes){0};
}

const struct finding_example *first_changes_find(const struct first_changes *changes, const struct finding *finding) {
    const struct first_change wanted = {.txn_id = finding->txn_id, .state_id = finding->state_id, .kind = finding->kind};
    const struct first_change *found = changes->count && finding->certainty == FINDING_OBSERVED
                                           ? bsearch(&wanted, changes->items, changes->count, sizeof wanted, change_compare)
                                           : NULL;
    return found ? &found->example : NULL;
}
