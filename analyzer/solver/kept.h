#ifndef SOLVER_KEPT_H
#define SOLVER_KEPT_H
/*
 * What of an earlier analysis stays in the database. Nearly all rows belong to one transaction: its whitelist, the calls of its witnesses, its
 * closure, its unknowns. An analysis notes a digest of the rows of each; the next one leaves those alone that it would write again, with the ids that
 * they have, and the database is the one that a run from nothing makes (docs/adr/037).
 */
#include "arena.h"
#include "spillscope/store.h"

enum kept_table { KEPT_PAIRS, KEPT_CALLS, KEPT_CLOSURES, KEPT_UNKNOWNS, KEPT_TABLES };

/* The rows of one transaction in one table. */
struct kept_part {
    uint64_t digest;
    int64_t first; /* id of the first one; only pairs have any */
    int64_t count;
};

typedef VECTOR(struct kept_part) kept_parts;

struct kept {
    struct arena *arena;
    bool usable;                    /* there are rows that may stay */
    bool unnoted;                   /* these rows are changed after they were written: the next analysis keeps none */
    kept_parts before[KEPT_TABLES]; /* by number of the transaction */
    kept_parts now[KEPT_TABLES];
    bool shifted[KEPT_TABLES]; /* what comes from here on has other ids than before, and nothing of before is left */
};

/* Which rows of the database may stay: none unless it is as the last analysis left it. */
struct error *kept_read(struct store *store, struct arena *arena, struct kept *out_kept);

/*
 * The next transaction has `count` rows with this digest, which covers their ids where they have any and all that they say. *out_first: the id that
 * the first one gets. *out_stay: they are there already; else there is room for them.
 */
struct error *kept_claim(struct kept *kept, struct store *store, enum kept_table table, uint64_t digest, int64_t count, int64_t *out_first,
                         bool *out_stay);

/* After the last transaction: removes what was not claimed and notes what is there now. */
struct error *kept_finish(struct kept *kept, struct store *store);

#endif
