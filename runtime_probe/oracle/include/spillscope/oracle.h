#ifndef SPILLSCOPE_ORACLE_H
#define SPILLSCOPE_ORACLE_H
/*
 * The judge. It replays the recorder's log of one run, finds out by itself which states each transaction stored to and truly changed,
 * and holds that against the whitelist (misses) and against a probe run of the same guest (false positives and negatives). It shares
 * with the probe the reader of DWARF, and nothing that tracks, compares or filters.
 *
 * How a run is judged:
 *     recorder_arguments(&recorder, &plugin)       before QEMU starts; add `-plugin PLUGIN` and the RAM file (spillscope/recorder.h)
 *     ... QEMU runs and ends ...
 *     oracle_judge(&request, &summary)             fills run (tool 'oracle'), truth, truth_function, unmapped
 *     oracle_verdict_read(store, run, &verdict)    misses, false positives, false negatives
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/image.h"
#include "spillscope/recorder.h"
#include "spillscope/store.h"
#include "spillscope/trail.h"

struct oracle_request {
    struct store *store; /* opened for writing, with no transaction open */
    struct image *image; /* slid to where the recorded kernel ran while it is judged, and back */
    const char *log_path;
    const char *elf;     /* for table run */
    const char *command; /* for table run; may be NULL */
    int64_t paired_run;  /* the probe run of the same guest; 0 = none */
    size_t transactions; /* judge only so many first ones, as many as the probe looked at; 0 = all */
    struct trail *trail; /* gets the code that ran within transactions, where the log tells of it; NULL = not wanted */
};

/* What one judgement went through. */
struct oracle_summary {
    int64_t run;            /* id in table run */
    size_t transactions;    /* observed from entry to exit */
    size_t distinct;        /* kinds of them */
    size_t killed;          /* that never came back, or were open at the end */
    size_t stores;          /* own stores, all */
    size_t lasting_bytes;   /* bytes of own stores to other memory than stacks and clients', mapped or not, each once a transaction */
    size_t untyped_objects; /* heap objects that no allocation site names */
    size_t checked_objects; /* heap objects whose type the walk of typed pointers at the end found as well */
    size_t disagreements;   /* of these: with another type than the allocation site says */
    size_t overruled;       /* owners that a declaration overrules */
    bool cut;               /* the log ended within a record, or the recording failed */
};

/*
 * Judges a log. Replaces nothing: each call adds a run. ERROR_FORMAT: a damaged log; ERROR_INCOMPLETE: the recording itself failed
 * (disk full), or no transaction was seen.
 */
struct error *oracle_judge(const struct oracle_request *request, struct oracle_summary *out_summary);

/* The state key of page tables: unavoidable, found by the judge's walk alone, and therefore never a false negative. */
#define PAGE_TABLES "pagetables"

enum finding_kind {
    FINDING_STATE,    /* a miss: own store to a state that is not in the whitelist */
    FINDING_FUNCTION, /* a miss: own store from a function outside the call closure */
    FINDING_FALSE_POSITIVE,
    FINDING_FALSE_NEGATIVE,
    FINDING_UNMAPPED
};

struct finding {
    enum finding_kind kind;
    char *transaction;
    char *key;      /* "" for FINDING_FUNCTION and FINDING_UNMAPPED */
    char *function; /* where; "" when a false positive has no store */
    char *file;
    uint32_t line;
    uint64_t pc;
    uint64_t count; /* stores, or observations for false positives and negatives */
    char *note;     /* owner, instance or address */
};

/* Read from the database alone, so that it follows every change of whitelist and observations. */
struct oracle_verdict {
    int64_t run;
    int64_t paired_run;       /* 0 = the run was not compared with a probe */
    struct finding *findings; /* by kind, transaction, key */
    size_t finding_count;
    size_t counts[FINDING_UNMAPPED + 1];
    size_t unmapped_bytes;
    size_t transactions; /* observed */
    size_t distinct_transactions;
    size_t pairs;         /* distinct (transaction, key) with an own store to lasting state */
    size_t by_wildcard;   /* of these: in the whitelist only by a wildcard */
    size_t changed_pairs; /* of these: truly changed, server-owned */
    size_t page_tables;   /* of the pairs: page tables */
    size_t transient;     /* pairs changed and changed back */
    size_t silent_stores;
};

/* The newest oracle run when `run` is 0; ERROR_INCOMPLETE when there is none. */
struct error *oracle_verdict_read(struct store *store, int64_t run, struct oracle_verdict **out_verdict);
void oracle_verdict_destroy(struct oracle_verdict *verdict); /* NULL is fine */
SCOPE_DEFINE(oracle_verdict, struct oracle_verdict *, oracle_verdict_destroy)
/* True when nothing speaks against the analyzer and the probe: no miss, nothing unmapped, no false negative. */
bool oracle_verdict_passes(const struct oracle_verdict *verdict);

/*
 * Runs a guest freely, without a debugger: QEMU's own command line plus RAM file and recorder, until it ends or `seconds` pass. All its
 * processors run in one thread (docs/adr/038-recorded-guests-run-in-one-thread.md). `serial` gets the guest's console, NULL = standard error.
 * Files lie in a fresh temporary folder, which the caller removes with oracle_run_clean.
 */
struct oracle_run {
    char *folder; /* holds log and configuration */
    char *log_path;
    char *config_path;
    int exit_status; /* of QEMU */
};
struct error *oracle_run_guest(struct store *store, const struct image *image, char *const *command, size_t count, unsigned seconds,
                               const char *serial, struct oracle_run *out_run);
void oracle_run_clean(struct oracle_run *run); /* removes the files; a zeroed struct is fine */

#endif
