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
    const char *before_owner, *after_owner; /* entity that holds the state; NULL on the side that has no such pair */
    enum compare_change change;             /* moved: the same state of the same transaction is held by another entity */
};

/* Pairs of an entity, or of an object (root of state keys). */
struct compare_row {
    const char *name;
    int64_t before, after;
    int64_t states_before, states_after;
};

/* A transaction that is not compared, and why. */
struct compare_left_out {
    const char *common_name, *why;
};

struct compare {
    struct findings *before, *after;
    bool observed;              /* both sides have runs: observed spill; else whitelist pairs */
    struct compare_pair *pairs; /* by transaction, key */
    size_t pair_count;
    size_t counts[COMPARE_CHANGE_COUNT];
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
};

struct error *compare_run(struct store *before, struct store *after, struct compare **out_compare);
void compare_destroy(struct compare *compare);
SCOPE_DEFINE(compare, struct compare *, compare_destroy)

bool compare_is_complete(const struct compare *compare);

struct error *compare_write_text(const struct compare *compare, bool terminal, struct text *out);
struct error *compare_write_json(const struct compare *compare, struct text *out);
struct error *compare_write_html(const struct compare *compare, struct text *out);
#endif
