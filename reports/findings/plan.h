#ifndef SPILLSCOPE_REPORTS_PLAN_H
#define SPILLSCOPE_REPORTS_PLAN_H
/*
 * What a redesign would touch, and what it would gain: where each state of an entity could go, by the rules of docs/checks/README.md, and the objects
 * that hold undeclared spill, ranked by the (transaction, state) pairs removed for each function that has to change: the last one of a server on the
 * way to the store.
 */
#include "spillscope/findings.h"
#include "spillscope/text.h"

/* Where a state could go (thesis chapters 5 and 7). */
enum plan_fate {
    PLAN_CLIENT,   /* it belongs to one client's progress: exported to it as an opaque object */
    PLAN_SOFT,     /* a litmus run reset it and no trial was harmed: it can be recomputed */
    PLAN_HARDWARE, /* declared unavoidable */
    PLAN_DECLARED, /* declared exempt or multi-client */
    PLAN_COMMON,   /* common to the clients: only a design of its own removes it, so that no prediction counts on it */
    PLAN_FATE_COUNT
};
const char *plan_fate_name(enum plan_fate fate);  /* "to the client", "soft", "hardware", "declared", "common" */
const char *plan_fate_words(enum plan_fate fate); /* a sentence: what becomes of such a state */
enum plan_fate plan_fate(const struct finding *finding);
/* Undeclared spill that the plan removes. */
bool plan_removes(const struct finding *finding);

/* An object: a global, a static or a type of heap objects, held by one entity. */
struct plan_step {
    const char *owner; /* entity that holds the object */
    const char *root;  /* global, static or heap type */
    const char *root_kind;
    size_t pairs, removed;          /* undeclared pairs, and how many of them the step removes */
    size_t states[PLAN_FATE_COUNT]; /* distinct states, declared ones among them */
    size_t transactions, functions; /* of the undeclared pairs; functions: those of servers that lead to a store */
    unsigned patterns, goals;       /* of its undeclared findings, together */
    size_t pairs_left;              /* predicted: pairs of the whole database after this step and those before it */
    size_t first, count;            /* its findings: members[first], ... */
};

struct plan_entity {
    const char *name; /* holds the states */
    size_t states[PLAN_FATE_COUNT];
    size_t pairs, predicted; /* undeclared pairs today, and when the plan is done */
};

struct plan {
    struct plan_step *steps; /* objects with undeclared spill, the best first; those that nothing removes last */
    size_t count;
    struct plan_entity *entities; /* by name */
    size_t entity_count;
    const struct finding **members; /* by object, then by key and transaction */
    size_t pairs, predicted;        /* today, and when the plan is done */
};

struct error *plan_make(const struct findings *findings, struct plan *out_plan);
void plan_deinit(struct plan *plan);

/* What the design could be, in words. */
const char *plan_remedy(const struct plan_step *step);
/* "the clients of files, tasks": who would hold what leaves; "" when nothing leaves to clients. */
void plan_holders(struct text *out, const struct plan *plan, const struct plan_step *step);
/* "file_open (file.c:24), file_link (file.c:16)": the functions to change, at most `limit`, then how many more. */
void plan_functions(struct text *out, const struct plan *plan, const struct plan_step *step, size_t limit);
#endif
