#ifndef SPILLSCOPE_REPORTS_VERDICT_H
#define SPILLSCOPE_REPORTS_VERDICT_H
/*
 * What the write oracle's tables say about the whitelist and the probe, counted over distinct (transaction, key) pairs: for showing beside the
 * findings. `spillscope oracle` is the judge and lists each pair.
 */
#include "spillscope/store.h"

struct verdict {
    bool present;     /* the database holds an oracle run */
    int64_t pairs;    /* pairs with own stores to server state */
    int64_t misses;   /* stored, not in the whitelist */
    int64_t changed;  /* truly changed */
    int64_t reported; /* reported by the probe as own spill */
    int64_t false_positives;
    int64_t false_negatives;
    int64_t unmapped; /* places that store to unknown memory */
    int64_t transient;
    int64_t stores, silent;
};

struct error *verdict_load(struct store *store, struct verdict *out_verdict);
#endif
