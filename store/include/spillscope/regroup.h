#ifndef SPILLSCOPE_REGROUP_H
#define SPILLSCOPE_REGROUP_H
/* Other entities over the same analysis and the same runs (spillscope regroup). */
#include "spillscope/store.h"

/* What the database holds afterwards, and what the regrouping did to it. */
struct regroup_summary {
    int64_t entities;     /* that hold files */
    int64_t transactions; /* entries of the new entities */
    int64_t internal;     /* transactions of the analysis that are inside an entity now, or in no server */
    int64_t entered;      /* of those that look internal: kept, since a run saw them entered from no other transaction */
    int64_t added;        /* entries that the analysis did not expand: without a whitelist, so the result is incomplete */
    int64_t ownerless;    /* changes whose owner is not known any more: no state of their root names a file, and its entity was split */
};

/*
 * Groups the files of the database at `path` by the [entity] sections of `manifest`; its other sections are only checked. The file itself is changed,
 * in one step, or, with `output` (must not exist), a copy. Each regrouping starts from what the analysis found: transactions that an earlier one took
 * away are back first. ERROR_USAGE with FILE:LINE when a path covers no analysed file; ERROR_MISMATCH when there is no analysis, or one by a version
 * that did not record calls. On failure the database is as it was and no copy is left.
 */
struct error *store_regroup(const char *path, const char *manifest, const char *output, struct regroup_summary *out_summary);

#endif
