#ifndef SPILLSCOPE_REPORTS_PLAN_H
#define SPILLSCOPE_REPORTS_PLAN_H
/*
 * What a redesign would touch, and what it would gain: the counted findings by the object that holds them, ranked by (transaction, state) pairs
 * removed for each function that makes the stores.
 */
#include "spillscope/findings.h"

struct plan_step {
    const char *owner; /* entity that holds the object */
    const char *root;  /* global, static or heap type */
    const char *root_kind;
    size_t pairs, states, transactions, functions;
    unsigned patterns, goals; /* of its findings, together */
    size_t pairs_left;        /* predicted: pairs of the whole database after this step and those before it */
};

struct plan {
    struct plan_step *steps;
    size_t count;
    size_t pairs; /* today */
};

struct error *plan_make(const struct findings *findings, struct plan *out_plan);
void plan_deinit(struct plan *plan);
/* Who would hold the state, in words. */
const char *plan_remedy(const struct plan_step *step);
#endif
