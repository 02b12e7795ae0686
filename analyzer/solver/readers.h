#ifndef SOLVER_READERS_H
#define SOLVER_READERS_H
/*
 * Which functions read the states that transactions may modify: who would notice a change. By the whole program's solution, so a reader may read
 * it in some call, not in each. A pointer that may lead nearly anywhere says nothing about who depends on what: its loads are left out and counted.
 */
#include "states.h"

struct reader {
    uint32_t state;
    uint32_t function;
    uint32_t line; /* of the first load in the function */
};

struct readers {
    VECTOR(struct reader) items;
    size_t loads; /* in the source, those of lasting memory or not */
    size_t wide;  /* of these: through a pointer that leads to more than READERS_PLACES places */
};

/* A pointer with more targets than this is taken for one that may lead anywhere. */
#define READERS_PLACES 256

/* `is_wanted` has one entry a state of `states`: those to look for, wildcards among them. Taken from the program's arena. */
void readers_find(const struct points_to *points_to, struct states *states, const bool *is_wanted, struct readers *out_readers);

#endif
