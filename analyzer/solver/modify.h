#ifndef SOLVER_MODIFY_H
#define SOLVER_MODIFY_H
/*
 * What one transaction may modify: the functions that may run in it, and for each state that one of their stores may reach the shortest
 * way from the entry to such a store.
 */
#include "effect.h"

/* A frame that may run, and how it is reached: breadth first, so the way is a shortest one. */
struct reached {
    uint32_t frame;
    uint32_t by;          /* index of the caller among the reached frames; NONE = the entry */
    uint32_t instruction; /* the call in the caller */
    bool runtime;         /* reached without passing through initialisation code */
};

/* A state that may be modified. */
struct modified {
    uint32_t state;
    uint32_t reached;     /* index of the frame of the store */
    uint32_t instruction; /* the store */
    uint32_t location;    /* where the store's pointer leads; NONE = an unknown call */
    bool by_unknown;
    bool runtime;
};

/* A forced "may be anything". */
struct unknown {
    const char *cause;
    const char *detail;
    const char *function;
    struct place place;
};

struct modification {
    VECTOR(struct reached) reached;
    VECTOR(struct modified) states;
    VECTOR(struct unknown) unknowns;
    number_list functions; /* that may run, defined in scope */
    number_list externals; /* CODE objects that are called and not looked into */
};

struct narrowing;

/* Do more than `limit` frames run below the entry, by the calls of the whole program's solution, which are kept in `effects`? */
bool modify_reaches_more(const struct points_to *points_to, struct effects *effects, uint32_t function, uint32_t limit);

/*
 * `closure` is solved for the entry, or the whole program's solution; what frames do by the latter is kept in `effects` for the next one. Results
 * live in `arena`. `narrowing` NULL: the sound result.
 */
void modify_collect(const struct points_to *closure, struct arena *arena, struct states *states, struct effects *effects,
                    const struct narrowing *narrowing, uint32_t function, struct modification *out_modification);

/* Place of an instruction of a frame, in program files. */
struct place modify_place(const struct points_to *points_to, uint32_t frame, uint32_t instruction);

#endif
