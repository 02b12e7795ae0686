#ifndef SPILLSCOPE_COMPARE_H
#define SPILLSCOPE_COMPARE_H
/*
 * Two databases, before and after a redesign: which spill went, came, stayed or moved. Only transactions that both sides know by the same common
 * name are compared, and where both have probe runs only those that both observed; the others are named.
 */
#include "spillscope/findings.h"
#include "spillscope/text.h"

enum compare_change { COMPARE_REMOVED, COMPARE_ADDED, COMPARE_MOVED, COMPARE_KEPT, COMPARE_CHANGE_COUNT };
const char *compare_change_name(enum compare_change change);

/* A distinct undeclared (transaction, key) pair. */
struct compare_pair {
    const char *common_name, *key;
    const char *after_key;                  /* where another file holds the state now: its key there; else NULL */
    const char *before_owner, *after_owner; /* entity that holds the state; NULL on the side that has no such pair */
    bool planned;                           /* the plan made of the side before removes it (findings/plan.h) */
    enum compare_change change;             /* moved: the same state of the same transaction is held by another entity */
};

/* Pairs of an entity, or of an object (root of state keys). */
struct compare_row {
    const char *name;
    int64_t before, after;
    int64_t states_before, states_after;
    int64_t predicted; /* pairs that the plan made of the side before leaves */
};

/* The plan's prediction against what became of each pair of the side before. */
struct compare_prediction {
    size_t predicted;          /* pairs that the plan leaves */
    size_t gone, gone_beyond;  /* removed: as planned, and though the plan left them */
    size_t kept, kept_against; /* kept or moved: as the plan left them, and though it removes them */
};

/* A transaction that is not compared, and why. */
struct compare_left_out {
    const char *common_name, *why;
};

/* What both sides cost, from a file of measurements in the shape that scripts/bench writes. All strings belong to the comparison. */
struct compare_ratio {
    const char *name; /* "memory_map.instructions" */
    const char *note; /* "" = none */
    double value;     /* after over before */
    double bar;       /* what it may be at most (or at least, where higher is better); negative = none */
    double other;     /* the same ratio elsewhere, as published; negative = none */
    bool higher_is_better;
};
struct compare_point {
    int64_t size; /* what the measurement was varied over */
    double before, after;
};
struct compare_series { /* one operation in one unit, by size */
    const char *name, *unit;
    struct compare_point *points; /* by size; owned */
    size_t count;
};
struct compare_cost {
    const char *machine;
    struct compare_ratio *ratios; /* as in the file */
    size_t ratio_count;
    struct compare_series *series; /* of two sizes or more, by unit and name */
    size_t series_count;
};

struct compare {
    struct findings *before, *after;
    bool observed;              /* both sides have runs: observed spill; else whitelist pairs */
    bool alike;                 /* both databases have probe runs, or neither: the views of what is counted fit both */
    struct compare_pair *pairs; /* by transaction, key */
    size_t pair_count;
    size_t counts[COMPARE_CHANGE_COUNT];
    struct compare_prediction prediction;
    struct compare_row *entities; /* by name */
    size_t entity_count;
    struct compare_row *objects; /* by growth, most first */
    size_t object_count;
    const char **common; /* compared transactions, by name */
    size_t common_count;
    struct compare_left_out *left_out; /* by name */
    size_t left_out_count;
    int64_t before_pairs, after_pairs;
    int64_t before_states, after_states; /* distinct keys */
    struct compare_cost cost;            /* empty unless compare_load_cost was called */
};

struct error *compare_run(struct store *before, struct store *after, struct compare **out_compare);
/*
 * Reads what both sides cost. Measurements name the kernels as the databases do. `store` lends its JSON functions. ERROR_FORMAT when the file
 * is none of this shape.
 */
struct error *compare_load_cost(struct compare *compare, struct store *store, const char *path);
void compare_destroy(struct compare *compare);
SCOPE_DEFINE(compare, struct compare *, compare_destroy)

bool compare_is_complete(const struct compare *compare);           /* of complete databases, with a transaction in common */
bool compare_is_predicted(const struct compare *compare);          /* the plan of the side before says how many pairs to expect, of those compared */
const char *compare_nothing_common(const struct compare *compare); /* why nothing was compared; "" where something was */

struct error *compare_write_text(const struct compare *compare, bool terminal, struct text *out);
struct error *compare_write_json(const struct compare *compare, struct text *out);
struct error *compare_write_html(const struct compare *compare, struct text *out);
#endif
