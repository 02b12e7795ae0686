#ifndef SPILLSCOPE_JOURNAL_H
#define SPILLSCOPE_JOURNAL_H
/*
 * What the probe stores: a run, its observations, their changes. An observation is inserted as `cut` when it begins and completed when it
 * ends; each end is committed with its changes, so a killed probe leaves a valid database that lacks at most what was open.
 */
#include <stdbool.h>
#include <stdint.h>
#include "resumption.h"
#include "spillscope/difference.h"
#include "spillscope/store.h"
#include "unlisted.h"

struct journal;

struct journal_run {
    const char *mode; /* "stub" or "ram" */
    const char *elf;
    const char *build_id;
    const char *stub;     /* address of a stub of somebody else's; NULL = the command started it */
    char *const *command; /* words of QEMU's command line */
    size_t command_count;
    int64_t cpus;
    struct resumption resumed; /* run_id 0 = a run of its own */
    const struct plan *plan;   /* where the variables of whitelists are looked up; NULL = nowhere */
};

struct error *journal_create(struct store *store, const struct journal_run *run, struct journal **out_journal);
void journal_destroy(struct journal *journal); /* rolls back what is not committed; NULL is fine */
int64_t journal_run_id(const struct journal *journal);

struct journal_entry {
    int64_t txn_id;
    int64_t sequence;
    uint32_t cpu;
    const char *task;
    const char *client; /* NULL = the task */
    int64_t parent_id;  /* observation, 0 = none */
    int64_t caused_by;  /* observation that queued it, 0 = none */
};
struct error *journal_enter(struct journal *journal, const struct journal_entry *entry, int64_t *out_observation);

/* One change of an observation that is about to end. */
struct journal_change {
    const struct difference *difference;
    int64_t txn_entity; /* entity of the transaction: tells primary from secondary */
    bool shared;
};
struct error *journal_change(struct journal *journal, int64_t observation, const struct journal_change *change);

struct journal_exit {
    const char *status; /* complete, killed, divergent */
    bool result_known;
    int64_t result;
    bool overlapped;
};
struct error *journal_exit(struct journal *journal, int64_t observation, const struct journal_exit *end);

/*
 * A group of transactions has ended: what the observations changed in other states than these no longer remains. The keys are those of all states
 * that differ from when the group began.
 */
struct error *journal_group(struct journal *journal, const int64_t *observations, size_t count, char *const *keys, size_t key_count);

/* An observation that began and ended with nothing in between: one row instead of an insertion and a completion. */
struct error *journal_whole(struct journal *journal, const struct journal_entry *entry, const struct journal_exit *end, int64_t *out_observation);

/*
 * From now on ends of observations are not committed one by one, but by journal_flush, and SQLite does not check again that rows refer to rows that
 * this journal has made: for who brings many at a time. A killed probe then lacks what came since.
 */
struct error *journal_batch(struct journal *journal);
struct error *journal_flush(struct journal *journal);

/* Killed observations of a transaction become divergent ones: it never returned in the whole run. */
struct error *journal_mark_divergent(struct journal *journal, int64_t txn_id);

/* Ends the run: complete, interrupted, failed. */
struct error *journal_finish(struct journal *journal, const char *status, const char *message);

const struct unlisted *journal_unlisted(const struct journal *journal); /* what of the changes is outside of whitelists */
uint64_t journal_changes(const struct journal *journal);                /* stored so far */

#endif
