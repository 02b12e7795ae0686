#include <stdlib.h>

#include "findings/pool.h"
#include "spillscope/findings.h"

/* What stands behind one finding, read when somebody looks. */

struct error *finding_witness(struct store *store, struct findings *findings, const struct finding *finding, struct finding_step **out_steps,
                              size_t *out_count) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct finding_step *steps = NULL;
    size_t count = 0;
    size_t capacity = 0;
    bool row = false;
    struct error *error = store_prepare(store, "SELECT function, file, line, why FROM v_witness WHERE may_modify_id = ? ORDER BY step", &query);
    if (!error) {
        query_bind_int(query, 1, finding->may_modify_id);
    }
    while (!error && !(error = query_step(query, &row)) && row) {
        if (count == capacity) {
            capacity = capacity ? capacity * 2 : 8;
            struct finding_step *grown = realloc(steps, capacity * sizeof *steps);
            if (!grown) {
                error = error_out_of_memory();
                break;
            }
            steps = grown;
        }
        steps[count++] = (struct finding_step){.function = pool_intern(findings->pool, query_text(query, 0)),
                                               .file = pool_intern(findings->pool, query_text(query, 1)),
                                               .line = query_int(query, 2),
                                               .why = pool_intern(findings->pool, query_text(query, 3))};
    }
    if (error) {
        free(steps);
        return error;
    }
    *out_steps = steps;
    *out_count = count;
    return NULL;
}

struct error *finding_example(struct store *store, struct findings *findings, const struct finding *finding, struct finding_example *out_example,
                              bool *out_found) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error = store_prepare(store,
                                        "SELECT c.instance, c.effect, c.old_value, c.new_value, o.client, o.sequence FROM change c "
                                        "JOIN observation o ON o.id = c.observation_id JOIN run r ON r.id = o.run_id AND r.tool = 'probe' "
                                        "WHERE c.state_id = ? AND o.txn_id = ? AND c.kind = ? AND c.owner = 'server' AND c.whitelisted = 1 "
                                        "ORDER BY o.run_id, o.sequence, c.id LIMIT 1",
                                        &query);
    if (!error) {
        query_bind_int(query, 1, finding->state_id);
        query_bind_int(query, 2, finding->txn_id);
        query_bind_text(query, 3, finding_kind_name(finding->kind));
        error = query_step(query, &row);
    }
    if (error) {
        return error;
    }
    if (row) {
        *out_example = (struct finding_example){.instance = pool_intern(findings->pool, query_text(query, 0)),
                                                .effect = pool_intern(findings->pool, query_text(query, 1)),
                                                .old_value = pool_intern(findings->pool, query_text(query, 2)),
                                                .new_value = pool_intern(findings->pool, query_text(query, 3)),
                                                .client = pool_intern(findings->pool, query_text(query, 4)),
                                                .sequence = query_int(query, 5)};
    }
    *out_found = row;
    return NULL;
}

struct error *finding_harms(struct store *store, struct findings *findings, const struct finding *finding, struct finding_harm **out_harms,
                            size_t *out_count) {
    enum { LIMIT = 10 }; /* two actions, five outcomes */
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct finding_harm *harms = calloc(LIMIT, sizeof *harms);
    size_t count = 0;
    bool row = false;
    struct error *error = harms ? store_prepare(store,
                                                "SELECT action, outcome, count(*) FROM litmus WHERE txn_id = ? AND key = ? GROUP BY action, outcome "
                                                "ORDER BY outcome = 'unharmed', outcome, action",
                                                &query)
                                : error_out_of_memory();
    if (!error) {
        query_bind_int(query, 1, finding->txn_id);
        query_bind_text(query, 2, finding->key);
    }
    while (!error && !(error = query_step(query, &row)) && row && count < LIMIT) {
        harms[count++] = (struct finding_harm){.action = pool_intern(findings->pool, query_text(query, 0)),
                                               .outcome = pool_intern(findings->pool, query_text(query, 1)),
                                               .times = query_int(query, 2)};
    }
    if (error) {
        free(harms);
        return error;
    }
    *out_harms = harms;
    *out_count = count;
    return NULL;
}
