#ifndef SPILLSCOPE_GATE_H
#define SPILLSCOPE_GATE_H
/*
 * The gate: does a change of the source bring new spill? Compares the undeclared findings of two databases by identities that survive moves,
 * renames and reformatting (docs/gate.md), and applies the policy: suppressions and budgets.
 */
#include "spillscope/findings.h"
#include "spillscope/text.h"

enum gate_mode {
    GATE_AUTO,    /* observed when both databases have probe runs, else static */
    GATE_STATIC,  /* whitelist pairs */
    GATE_OBSERVED /* spill seen by probe runs; a usage error when one database has none */
};

struct gate_options {
    enum gate_mode mode;
    const char *policy;    /* policy file, or NULL */
    bool require_coverage; /* a transaction that the baseline observed and the head did not makes the result incomplete */
    bool fail_on_unknown;  /* a new unknown fails like a new finding */
    const char *today;     /* YYYY-MM-DD, for the expiry of suppressions */
};

enum gate_verdict { GATE_PASS, GATE_FAIL, GATE_INCOMPLETE };
enum gate_change { GATE_NEW, GATE_GROWN, GATE_SHRUNK, GATE_RESOLVED, GATE_CHANGE_COUNT };
enum gate_code { GATE_CODE_UNCHANGED, GATE_CODE_CHANGED, GATE_CODE_UNKNOWN };

const char *gate_verdict_name(enum gate_verdict verdict);
const char *gate_change_name(enum gate_change change);
const char *gate_code_name(enum gate_code code);

/* A finding that differs between baseline and head. */
struct gate_entry {
    const struct finding *head; /* NULL: resolved */
    const struct finding *base; /* NULL: new */
    enum gate_change change;
    const char *tier;    /* identity tier that matched the two; "none" for new and resolved */
    enum gate_code code; /* did the units of the store and of the entry change? */
    bool suppressed;
    bool accepted;                  /* suppressed by the source itself */
    const struct finding *declared; /* resolved: the same finding of the head, which is declared now; NULL = gone */
};

/* A suppression. Of several that cover a finding the first decides: of the policy file, the source, the table `suppression` of the head, of the
 * baseline. */
struct gate_suppression {
    char fingerprint[FINGERPRINT_LENGTH + 1]; /* may be a prefix of six digits or more; "" = of the source */
    char *variable;                           /* of the source: root of state keys, or NULL */
    char *function, *file;                    /* of the source: name of a transaction and where it is defined, or NULL */
    char *reason, *owner, *expires;           /* expires: YYYY-MM-DD or "" = never */
    char *origin;                             /* FILE:LINE of policy or source, "head" or "baseline" */
    size_t matched;                           /* findings of the head that it covers */
    bool expired;
};

/* An upper limit for the undeclared, unsuppressed findings of an entity, set by the policy. */
struct gate_budget {
    char *entity;
    char *origin;
    int64_t limit, count;
    bool idle; /* the head has no such entity: misspelt, renamed or gone. Stale, like a suppression that covers nothing */
};

/* An entity's findings then and now. */
struct gate_entity {
    const char *name;
    int64_t base, head;
};

/* An unknown that a transaction did not have in the baseline. */
struct gate_unknown {
    const char *transaction, *cause, *detail, *file;
    int64_t line;
};

struct gate {
    enum gate_verdict verdict;
    bool failed, is_incomplete; /* both may hold; then the verdict is "fail" */
    enum gate_mode mode;        /* static or observed */
    struct findings *base, *head;
    struct gate_entry *entries; /* by change, then in the order of findings */
    size_t entry_count;
    size_t counts[GATE_CHANGE_COUNT]; /* unsuppressed ones */
    size_t matched[5]; /* findings of the head by the identity tier that found them in the baseline: exact, moved, renamed, retyped, relaid */
    size_t suppressed; /* findings of the head that a suppression covers */
    size_t declared;   /* of the resolved ones: still there, and declared now */
    size_t stale;      /* suppressions that cover nothing or have expired, and budgets of no entity */
    struct gate_suppression *suppressions;
    size_t suppression_count;
    struct gate_budget *budgets;
    size_t budget_count, budgets_exceeded;
    struct gate_entity *entities; /* by name */
    size_t entity_count;
    struct gate_unknown *unknowns; /* new ones */
    size_t unknown_count;
    bool unknowns_fail;               /* gate_options.fail_on_unknown */
    int64_t base_states, head_states; /* distinct undeclared states */
    size_t first_seen;                /* observed now, known to the baseline only as possible: its run did not enter the transaction */
    size_t not_observed;              /* in the baseline, but the head's runs did not enter the transaction: not resolved */
    const char **reasons;             /* why the result is incomplete */
    size_t reason_count;
};

struct error *gate_run(struct store *head, struct store *base, const struct gate_options *options, struct gate **out_gate);
void gate_destroy(struct gate *gate);
SCOPE_DEFINE(gate, struct gate *, gate_destroy)

int gate_exit_code(const struct gate *gate);                                      /* 0, 1 or 3 */
const char *gate_suppression_subject(const struct gate_suppression *suppression); /* fingerprint, variable or function */

/* Writes the result in one of the formats of gate_formats ("text", "json", ...); ERROR_USAGE names those that exist. */
struct gate_output {
    const char *format;
    struct store *head_store; /* for witnesses */
    const char *head_path;    /* as the user named it, for the hints */
    const char *base_path;
    const char *policy_path; /* NULL = none was given */
    bool colour;
};
struct error *gate_write(const struct gate *gate, const struct gate_output *output, struct text *out);
extern const char *const gate_formats[]; /* ended by NULL */

/* Are these the digits of a fingerprint or the first of them, a word, a date or NULL, and a line that a suppression can hold? */
struct error *policy_check_suppression(const char *fingerprint, const char *owner, const char *expires, const char *reason);
/*
 * Appends one line to a policy file, made when absent: the finding with this fingerprint is accepted. ERROR_USAGE names the line of a rule for it
 * that is there already, which would beat a second one. `dry`: only checks.
 */
struct error *policy_append_suppression(const char *path, const char *fingerprint, const char *owner, const char *expires, const char *reason,
                                        bool dry);
#endif
