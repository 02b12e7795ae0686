#ifndef SPILLSCOPE_REPORTS_VERDICT_H
#define SPILLSCOPE_REPORTS_VERDICT_H
/*
 * What the newest complete run of the write oracle says about the whitelist, and about the probe run it is paired with: counts, for showing beside
 * the findings. `spillscope oracle` is the judge, counts by the same rules, and lists each case.
 */
#include "spillscope/store.h"

struct verdict {
    bool present;      /* the database holds a complete oracle run */
    bool paired;       /* it judged a probe run: false positives and negatives mean something */
    int64_t pairs;     /* distinct (transaction, key) pairs with own stores */
    int64_t misses;    /* of these: neither the key nor one that holds it is in the whitelist */
    int64_t functions; /* functions that stored, outside the call closure of the transaction */
    int64_t changed;   /* pairs truly changed, server-owned */
    int64_t reported;  /* pairs that the probe reported as own spill */
    int64_t false_positives;
    int64_t false_negatives;
    int64_t unmapped;  /* places that store to unknown memory */
    int64_t transient; /* pairs changed and changed back */
    int64_t stores, silent;
};

struct error *verdict_load(struct store *store, struct verdict *out_verdict);
#endif
