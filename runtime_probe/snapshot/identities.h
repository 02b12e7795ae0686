#ifndef SNAPSHOT_IDENTITIES_H
#define SNAPSHOT_IDENTITIES_H
/*
 * What lies at an address, by a snapshot: the object that holds it. Made when it is first asked for, since most comparisons never ask.
 */
#include "spillscope/snapshot.h"
#include "spillscope/text.h"

struct identities {
    const struct plan *plan;
    const struct snapshot *snapshot;
    uint32_t *order; /* regions by address, then by size, the smallest first; NULL = not asked yet */
    uint64_t *reach; /* the furthest end of the regions up to each place of the order */
};

void identities_deinit(struct identities *identities);

/* The object that holds the address; of several the innermost. NULL = none. False when memory is short. */
bool identities_find(struct identities *identities, uint64_t address, const struct region **out_region);

/*
 * Appends what a pointer leads to: "NULL", "&global+offset", "function+offset", "struct item@0x2000040+8" for an object of the heap,
 * "&runqueue@cpu1" for a processor's copy, "0x..." for what is none of these. False when memory is short.
 */
bool identities_append(struct identities *identities, uint64_t address, struct text *text);

#endif
