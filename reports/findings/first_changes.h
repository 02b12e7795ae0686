#ifndef SPILLSCOPE_REPORTS_FIRST_CHANGES_H
#define SPILLSCOPE_REPORTS_FIRST_CHANGES_H
/* The first observed change of each (transaction, state, kind), read in one pass: values before and after for every row of a report. */
#include "spillscope/findings.h"

struct first_change {
    int64_t txn_id, state_id;
    enum finding_kind kind;
    struct finding_example example;
};

struct first_changes {
    struct first_change *items; /* by txn_id, state_id, kind */
    size_t count;
};

/* Strings belong to `pool`. */
struct error *first_changes_load(struct store *store, struct pool *pool, struct first_changes *out_changes);
void first_changes_deinit(struct first_changes *changes);
/* NULL when the finding was not observed. */
const struct finding_example *first_changes_find(const struct first_changes *changes, const struct finding *finding);
#endif
