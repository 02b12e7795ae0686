#ifndef SOLVER_OUTPUT_WITNESS_H
#define SOLVER_OUTPUT_WITNESS_H
/*
 * The witnesses of one transaction: calls from its entry as a tree, shared by all stores below them, and for each store where it is and why it
 * reaches its state (docs/adr/039).
 */
#include "output.h"

/* How one state is reached. */
struct witness {
    uint32_t call; /* number of the last call in the tree; the entry is one */
    int64_t store; /* id of the store's row of witness_place */
};

/* A row of table witness_place that no transaction had before. */
struct witness_place {
    int64_t id;
    uint32_t function;
    struct place place;
    const char *why;
};

/* A row of table witness_call; its number is its index plus one. */
struct witness_call {
    uint32_t parent; /* number of the call before it; 0 = it is the entry */
    uint32_t step;   /* how many are before it */
    int64_t place;
};

struct witness_tree {
    const struct modification *modification;
    uint32_t *numbers; /* reached frame -> number of its call; 0 = none yet */
    VECTOR(struct witness_call) calls;
    VECTOR(struct witness_place) places;
};

/* The tree lives in `output->scratch`. */
void witness_tree_init(struct output *output, const struct modification *modification, struct witness_tree *out_tree);

/* The witness of one state; its calls come into the tree unless they are there. */
struct witness witness_tree_add(struct output *output, struct witness_tree *tree, const struct modified *modified);

/* Writes the tree of a transaction that has all its states. */
struct error *witness_tree_write(struct output *output, int64_t transaction, const struct witness_tree *tree);

#endif
