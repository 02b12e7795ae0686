#ifndef SOLVER_POINTS_TO_H
#define SOLVER_POINTS_TO_H
/*
 * Inclusion-based points-to for the whole program: field-sensitive by byte offset, with difference propagation in waves over the
 * condensed copy graph, and the call graph found on the way (Andersen 1994; Pereira and Berlin, "Wave propagation and deep propagation for
 * pointer analysis", CGO 2009). Nodes are values of frames, then memory cells: one for each pointer-sized place in a thing.
 *
 * Memory that may be written from outside: a thing that escaped is `open`, and its pointer cells hold "any T" of their declared type. "Any T"
 * is a thing with two nodes for each cell: what is stored through it reaches all things that hold a T, what is loaded through it comes
 * from all of them.
 */
#include "location_set.h"

/* A constraint that looks at the locations of a value: instruction of a frame, and which of its operands the value is. */
struct use {
    uint32_t frame;
    uint32_t instruction;
    uint32_t role;
};

struct node {
    struct location_set set;
    uint32_t sent;     /* locations already passed along copy edges */
    uint32_t seen;     /* locations already shown to uses */
    number_list edges; /* nodes that hold all that this one holds */
    VECTOR(struct use) uses;
};

/* A use that wants functions and has met "somewhere in the pool". */
struct wide_use {
    struct use use;
    uint32_t type;  /* of the functions that it can have, NONE = of any */
    uint32_t shown; /* how many of pool_functions it was shown */
    bool outside;   /* functions of outside, too */
};

/* A call that lets a function run later. */
struct deferral {
    uint32_t frame;
    uint32_t instruction;
    uint32_t function;
};

/* Where one call goes. */
struct call_targets {
    uint32_t frame;
    uint32_t instruction;
    number_list functions; /* program functions */
    number_list externals; /* CODE objects that are only declared */
    bool outside;          /* the pointer may come from outside */
    bool wide;             /* closure: the pointer may be anything in the pool */
    bool layered;          /* found by the member that the pointer was read from, not by what it points to */
    bool unseen;           /* no code was found: outside set the pointer, or the code was made at run time */
    number_list mistyped;  /* CODE objects that the pointer may hold and that are of another type, where calls are typed */
    bool untyped;          /* these are called as well, since nothing else was found */
};

struct cell {
    int32_t offset; /* aligned to pointers; OFFSET_ANY */
    uint32_t node;
    uint32_t read_node; /* THING_ANY: where loads read; else the same as node */
};

/* Bytes of one thing that are copied into another: struct assignment, memcpy. */
struct mirror {
    uint32_t thing; /* destination */
    int32_t from;   /* OFFSET_ANY = unknown */
    int32_t to;
    uint32_t size; /* 0 = to the end */
    bool unrolled; /* elements of arrays lie elsewhere in the destination than in the source: word by word */
};

struct cell_place {
    uint32_t thing;
    uint32_t cell;    /* index of memory.cells */
    uint32_t pointer; /* declared type */
    const char *path;
};

/* What the solver knows of a thing beyond what it is. */
struct memory {
    VECTOR(struct cell) cells;
    struct map cell_of;      /* offset -> index of cells */
    number_list all_readers; /* nodes that read every cell */
    VECTOR(struct mirror) mirrors;
    uint32_t casts; /* how many of thing.casts are registered */
};

struct points_to {
    struct arena *arena;
    struct program *program;
    struct frames *frames;
    struct things *things;
    const struct models *models;
    const struct points_to *global; /* NULL; else this is a transaction's closure, and memory holds what `global` says */
    bool open_world;
    bool typed_calls;   /* see struct solve_limits */
    bool returns_twice; /* a function of the program does, like setjmp */
    const bool *ends;   /* function -> a call of it ends the transaction (ending.h); NULL before that is known */
    const bool *entry;  /* function -> called from outside whatever callers there are in scope */
    VECTOR(struct node) nodes;
    number_list parent;                   /* union-find over nodes that are in one cycle */
    uint32_t *local_nodes;                /* closure: value of a frame -> one more than its node here, 0 = never met */
    VECTOR(struct memory) memory;         /* one a thing, made as far as needed */
    uint32_t registered;                  /* things that type_things knows */
    VECTOR(number_list) type_things;      /* record type -> things of it */
    VECTOR(embedding_list) type_watchers; /* record type -> (ANY thing, offset of its type in this one) */
    struct key_set edge_seen;             /* (from << 32 | to) */
    struct keys mirror_seen;              /* (from, to, size) */
    struct keys bound;                    /* (frame, instruction, function) already joined */
    VECTOR(struct call_targets) calls;
    struct map call_of;                   /* (frame << 32 | instruction) -> index of calls */
    struct map walked_of;                 /* (frame << 32 | instruction) of an INDEX of unknown extent -> bytes of the record that it walks */
    struct map loaded_of;                 /* (frame << 32 | instruction) -> node of what a load found */
    bool *active;                         /* instance -> its constraints are in */
    number_list instances;                /* active ones in order of activation */
    bool *called;                         /* function -> a call in scope reaches it */
    bool *modelled;                       /* function -> a call in scope reaches it, and its model stands for its body */
    bool *outside_called;                 /* function -> parameters come from outside */
    VECTOR(struct use) casts;             /* integers that become pointers */
    VECTOR(struct use) typed;             /* places where a pointer's type sorts out what it cannot point to */
    VECTOR(struct use) indirect;          /* indirect calls */
    VECTOR(VECTOR(struct use)) pool_uses; /* record -> uses that the pool was shown to as a pointer to such a record */
    VECTOR(struct cell_place) links;      /* pointers in open memory that are filled from outside only when nobody in scope fills them */
    uint32_t links_filled;                /* of these are done */
    uint32_t escape;                      /* node of all that code outside may hold */
    struct map fitting_of;                /* (type << 1 | is a pointer to a record stored) -> index of fitting */
    VECTOR(type_list) fitting;            /* where in such an object it may lie */
    bool statistics;                      /* a line on stderr for each round */
    uint32_t rounds;
    uint32_t set_limit; /* see struct solve_limits */
    size_t set_budget;
    size_t held;                /* locations in all sets */
    uint32_t pool;              /* node of all that goes into the pool */
    uint32_t pool_stored;       /* node of what is stored somewhere in it */
    number_list pool_things;    /* what is in it */
    uint32_t pool_joined;       /* of these are done */
    number_list pool_functions; /* locations of the functions among them */
    bool pool_outside;          /* pointers of outside are among them */
    bool pool_escaped;          /* outside may hold all of them */
    VECTOR(struct wide_use) wide_uses;
    struct keys wide_use_of;
    number_list fresh; /* nodes with locations that uses have not seen */
    number_list heap;  /* nodes with locations to send, a binary heap by rank */
    number_list rank;  /* node -> topological number */
    number_list scratch;
    struct map read_seen; /* closure: (node of `global` << 32 | node) whose locations were added */
    VECTOR(struct deferral) deferrals;
    struct keys deferral_seen;
    struct keys deferred_nodes; /* (call, which of its model's) -> node of the functions that a member holds */
    size_t edge_count;
    size_t condensed_at; /* edges when cycles were last looked for */
    size_t largest_set;
};

struct solve_limits {
    uint32_t set;    /* points-to sets larger than this are given up for the pool (pool.h) ... */
    size_t budget;   /* ... once all sets together hold more than this */
    bool statistics; /* print what each round of the solution leaves to stderr */
    /* A call through a pointer calls functions of its very type, as control-flow integrity (kCFI) demands of a kernel: those of other types that the
     * pointer may hold are left out, unless there are no others. */
    bool typed_calls;
};

/* Solves the whole program. `entry` has one entry a function. */
void points_to_solve(struct program *program, struct frames *frames, struct things *things, const struct models *models, const bool *entry,
                     bool open_world, const struct solve_limits *limits, struct points_to *out_points_to);

/*
 * Solves the values of what `function` and its callees may run, alone; memory holds what `global` found. Taken from `arena`.
 * False: its sets hold more than ANALYZE_SET_BUDGET locations, and it is not solved.
 */
bool points_to_solve_closure(const struct points_to *global, struct arena *arena, uint32_t function, struct points_to *out_closure);

/* Locations of a value of a frame; NULL when it was never met. */
const struct location_set *points_to_value(const struct points_to *points_to, uint32_t frame, uint32_t value);

/* Adds to `out` what a pointer-sized load at a location may give; it may come more than once. */
void points_to_load(const struct points_to *points_to, uint32_t location, number_list *out);

/* Known targets of a call, NULL when there is none. */
const struct call_targets *points_to_targets(const struct points_to *points_to, uint32_t frame, uint32_t instruction);

/* The model that tells what a CODE object does beside, or instead of, its body; NULL. */
const struct model *call_model(const struct points_to *points_to, uint32_t object);

/*
 * A CODE object outside that never returns, so that a transaction which calls it never ends, and what it changes does not matter. Not where
 * the program has a function that returns twice: control may come back through it.
 */
bool call_ends_transaction(const struct points_to *points_to, uint32_t object);

#endif
