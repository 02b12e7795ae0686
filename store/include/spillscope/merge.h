#ifndef SPILLSCOPE_MERGE_H
#define SPILLSCOPE_MERGE_H
/* Joining databases of one analysis that hold different runs (spillscope merge). */
#include "spillscope/store.h"

/* What the new database holds. */
struct merge_summary {
    int64_t runs;
    int64_t observations;
    int64_t changes;
};

/*
 * Makes the database `output` from `count` inputs: the analysis of the first, and the runs of all, in that order. `output` must not
 * exist, and does not exist afterwards on failure; inputs are only read. What an analysis wrote must be equal in all: ERROR_MISMATCH names the table
 * and a row of the first difference. States, observed call targets and suppressions that only later inputs have are added; one fingerprint with two
 * suppressions is a mismatch.
 */
struct error *store_merge(const char *output, const char *const *inputs, size_t count, struct merge_summary *out_summary);

#endif
