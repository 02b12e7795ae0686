#include "findings/verdict.h"

static const char verdict_sql[] =
    "SELECT paired, pairs, misses, functions, changed, reported, false_positives, false_negatives, unmapped, transient, "
    "stores, silent FROM v_verdict";

struct error *verdict_load(struct store *store, struct verdict *out_verdict) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error = store_prepare(store, verdict_sql, &query);
    if (!error) {
        error = query_step(query, &row);
    }
    if (error) {
        return error;
    }
    *out_verdict = (struct verdict){0};
    if (row) {
        *out_verdict = (struct verdict){
            .present = true,
            .paired = query_int(query, 0) != 0,
            .pairs = query_int(query, 1),
            .misses = query_int(query, 2),
            .functions = query_int(query, 3),
            .changed = query_int(query, 4),
            .reported = query_int(query, 5),
            .false_positives = query_int(query, 6),
            .false_negatives = query_int(query, 7),
            .unmapped = query_int(query, 8),
            .transient = query_int(query, 9),
            .stores = query_int(query, 10),
            .silent = query_int(query, 11),
        };
    }
    return NULL;
}
