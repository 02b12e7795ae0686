#ifndef PROBE_RESUMPTION_H
#define PROBE_RESUMPTION_H
/*
 * Going on with a run that was interrupted, failed or killed: the same row of table run, with a guest that starts anew, counting on from
 * what is stored (docs/adr/019).
 */
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/store.h"

struct journal_run;

struct resumption {
    int64_t run_id;    /* 0 = a run of its own */
    int64_t sequence;  /* of the next observation */
    int64_t completed; /* observations that ended in earlier parts */
};

/* The newest probe run, which must not be complete. `limit` is --transactions, 0 = none: ERROR_USAGE when it is reached already. */
struct error *resumption_find(struct store *store, int64_t limit, struct resumption *out_resumption);

/*
 * Opens the row again, when the new guest is the kernel that the run was of, watched in the same way on as many CPUs: ERROR_MISMATCH, ERROR_USAGE
 * say what differs.
 */
struct error *resumption_reopen(struct store *store, const struct resumption *resumption, const struct journal_run *run);

#endif
