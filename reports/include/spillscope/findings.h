#ifndef SPILLSCOPE_FINDINGS_H
#define SPILLSCOPE_FINDINGS_H
/*
 * The data model of all reports: what was spilled, by whom, how sure it is, and what it is in the way of. It is read from the views
 * v_spill, v_whitelist, v_declared and v_coverage of the store and knows no output format. Terms and definitions: docs/ARCHITECTURE.md,
 * docs/checks/. All strings belong to the findings and live as long as they do; none is NULL ("" = not known).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/scope.h"
#include "spillscope/store.h"

enum finding_kind {
    FINDING_PRIMARY,  /* the state belongs to the entity that was called */
    FINDING_SECONDARY /* the state belongs to another entity */
};

enum finding_certainty {
    FINDING_OBSERVED, /* a probe run saw the change */
    FINDING_POSSIBLE, /* the whitelist names it, no run showed it */
    FINDING_UNKNOWN   /* only a wildcard that an unknown forced covers it */
};

/* The four patterns of thesis 3.1; a finding can show several. docs/checks/ has a page for each. */
enum finding_pattern { PATTERN_INDIRECTION, PATTERN_MULTIPLEXER, PATTERN_DISPATCHER, PATTERN_COLLABORATION, PATTERN_COUNT };

const char *pattern_name(enum finding_pattern pattern); /* "indirection-layer", "multiplexer", "dispatcher", "inter-entity-collaboration" */
const char *finding_kind_name(enum finding_kind kind);
const char *finding_certainty_name(enum finding_certainty certainty);

/* What a finding stands in the way of (thesis chapter 1 and 3.1), as bits. */
#define GOAL_COUNT 8
const char *goal_name(size_t goal); /* "process migration" ... */

#define FINGERPRINT_LENGTH 32 /* hexadecimal digits */

struct finding {
    const char *key;         /* state key */
    const char *root, *path; /* its two parts */
    const char *root_kind;   /* global, static, heap, buffer, unknown */
    const char *type;        /* C spelling of the leaf's type */
    const char *entity;      /* entity of the transaction */
    const char *transaction; /* source-level entry function */
    const char *common_name; /* name by which kernels are compared */
    const char *owner;       /* entity that owns the state */
    const char *declared;    /* "", soft, unavoidable, exempt, multi-client */
    const char *declared_reason;
    const char *file; /* the store of the witness; without one, where the transaction is defined */
    int64_t line;
    const char *function;               /* function that makes the store */
    const char *changer, *changer_file; /* the last function on the way to the store that is a server's: who would have to change; else `function` */
    int64_t changer_line;
    const char *harm;                    /* worst outcome of litmus runs: crash, hang, wrong result, error, unharmed; "" = not tried */
    const char *evidence[PATTERN_COUNT]; /* why each pattern is claimed; "" where it is not */
    unsigned patterns;                   /* bits 1 << enum finding_pattern */
    unsigned goals;                      /* bits 1 << goal */
    enum finding_kind kind;
    enum finding_certainty certainty;
    bool reset_unharmed; /* litmus runs have reset the state in every workload that changed it, and no trial was harmed */
    bool shared;         /* observed, but an overlapping task or interrupt cannot be excluded: not counted as spill */
    int64_t txn_id, state_id;
    int64_t may_modify_id;                    /* whitelist row with the witness; 0 = none */
    int64_t observed;                         /* observations that showed it */
    int64_t txn_observed;                     /* observations of the transaction */
    int64_t bytes;                            /* bytes that differed, all observations together */
    int64_t leaves;                           /* leaf states covered */
    int64_t bits;                             /* size of the leaf; 0 = not known */
    char fingerprint[FINGERPRINT_LENGTH + 1]; /* survives moved lines, renamed files and reformatting */
};

/* A transaction, observed or not. */
struct finding_transaction {
    int64_t txn_id;
    const char *entity, *name, *common_name, *file;
    int64_t line;
    int64_t observed; /* complete and other observations by probe runs */
    int64_t complete;
    int64_t failed; /* of the observed: returned an error */
    int64_t overlapped;
    int64_t states, leaves, by_unknown; /* whitelist size */
};

/* One step of a witness: entry, calls, resolved pointer, store. */
struct finding_step {
    const char *function, *file, *why;
    int64_t line;
};

/* One observed change as an example. */
struct finding_example {
    const char *instance, *effect, *old_value, *new_value, *client;
    int64_t sequence; /* of the observation in its run */
};

/* What a litmus run did to a state under the client's hands, and what came of it. */
struct finding_harm {
    const char *action, *outcome; /* reset, perturb; unharmed, error, wrong result, hang, crash */
    int64_t times;
};

struct pool;

struct findings {
    struct finding *items; /* by entity, transaction, key, kind; observed and possible ones together */
    size_t count;
    struct finding_transaction *transactions; /* by entity, name */
    size_t transaction_count;
    const char **incomplete; /* why the database is incomplete, one sentence each; none = complete */
    size_t incomplete_count;
    int64_t units, units_failed;
    bool has_probe;  /* a probe run is in the database */
    bool has_static; /* a whitelist is in the database */
    const char *kernel, *configuration, *build_id, *source_root, *revision, *tool_version;
    struct pool *pool;
};

enum findings_scope {
    FINDINGS_ALL,   /* observed changes, and whitelist pairs that no run showed */
    FINDINGS_STATIC /* whitelist pairs alone: has_probe is false */
};

struct error *findings_load(struct store *store, enum findings_scope scope, struct findings **out_findings);
void findings_destroy(struct findings *findings);
SCOPE_DEFINE(findings, struct findings *, findings_destroy)

bool finding_is_undeclared(const struct finding *finding); /* not declared, not shared, and not only by an unknown */
/* What totals count: undeclared, and observed where the database has runs. */
bool findings_counts(const struct findings *findings, const struct finding *finding);
/* Index of the transaction with this id; transaction_count when there is none. */
size_t findings_transaction(const struct findings *findings, int64_t txn_id);

/* Witness of a finding in step order; *out_steps is the caller's (free), its strings the findings'. */
struct error *finding_witness(struct store *store, struct findings *findings, const struct finding *finding, struct finding_step **out_steps,
                              size_t *out_count);
/* The first observed change; *out_found false when there is none. */
struct error *finding_example(struct store *store, struct findings *findings, const struct finding *finding, struct finding_example *out_example,
                              bool *out_found);
/* Litmus results for the finding's transaction and state, worst first; *out_harms is the caller's (free). */
struct error *finding_harms(struct store *store, struct findings *findings, const struct finding *finding, struct finding_harm **out_harms,
                            size_t *out_count);

#endif
