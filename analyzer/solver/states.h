#ifndef SOLVER_STATES_H
#define SOLVER_STATES_H
/*
 * States by key (docs/SCHEMA.md "State keys"): what a store to a location may change, as leaves of roots. A root is a variable, an
 * allocated record type, or a buffer; what the program cannot tell apart at run time has one key.
 */
#include "points_to.h"

enum root_kind { ROOT_GLOBAL, ROOT_STATIC, ROOT_HEAP, ROOT_BUFFER, ROOT_UNKNOWN };

/* An outermost object as keys name it. */
struct root {
    const char *name;
    enum root_kind kind;
    uint32_t type; /* NONE: a buffer of bytes */
    uint32_t file; /* where the variable or type is defined, or the buffer allocated; NONE */
    uint32_t line;
    int64_t offset; /* of the location at hand within it */
    bool is_array;  /* of `type`, of any length */
};
typedef VECTOR(struct root) root_list;

struct state {
    const char *key;
    const char *root;
    const char *path;
    enum root_kind root_kind;
    uint32_t file;
    uint32_t line;
    uint32_t type;       /* of the leaf; NONE */
    uint64_t bit_offset; /* from the root object's start, arrays folded */
    uint64_t bit_size;   /* 0 = not known */
    bool wildcard;
    uint64_t leaves; /* that a wildcard covers */
};

/* What one store touches. */
struct touch {
    uint32_t location;
    uint64_t size; /* bytes; 0 = not known: the largest object that begins there */
    uint32_t bit_offset;
    uint32_t bit_size; /* 0 = no bit-field */
    uint32_t record;   /* the access names this member of this record; NONE */
    uint32_t member;
    bool onward; /* an unknown number of bytes from the location on, not one object that begins there */
};

/* A state that a touch reaches. */
struct touched {
    uint32_t state;
    bool by_unknown; /* only because something is not known */
};
typedef VECTOR(struct touched) touched_list;

struct states {
    const bool *lasting; /* heap thing -> may outlive the transaction that makes it */
    uint32_t lasting_count;
    const struct points_to *points_to;
    struct program *program;
    struct things *things;
    struct names keys; /* key -> state */
    VECTOR(struct state) items;
    struct map roots_of;     /* location -> index of root_sets */
    struct keys root_set_of; /* the roots -> index of root_sets: many locations have the same ones */
    VECTOR(root_list) root_sets;
    struct keys touch_of; /* (roots, touch but for its location) -> index of touched */
    VECTOR(touched_list) touched;
    struct names buffer_names;
    bool *allocated;        /* record type -> some allocation in scope makes objects of it */
    uint64_t all_leaves;    /* of all roots in scope: what "*" covers */
    root_list roots;        /* scratch */
    VECTOR(uint64_t) words; /* scratch */
};

void states_init(const struct points_to *points_to, struct states *out_states);

/* States that a store may change; valid until the next call. Stack, code and constants give none. */
const touched_list *states_touch(struct states *states, const struct touch *touch);

/*
 * Does a store that gives no state write bytes within a lasting object that belong to no member? Gives the object's name then, else NULL. Valid after
 * states_touch.
 */
const char *states_padding(struct states *states, uint32_t location);

/* States with this key or below it, by name alone: a variable, or a member of all objects of a type ("struct TAG.MEMBER"). */
void states_named(struct states *states, const char *key, touched_list *out_touched);

/* The wildcard over all states. */
uint32_t states_everything(struct states *states);

/* The outermost objects that a location may lie in, with its offset in each. Empty for stack, code, constants and the unknown. */
void states_roots(struct states *states, uint32_t location, root_list *out_roots);

/* Path of the outermost subobject of a root that begins at the root's offset; "" for the start. */
const char *states_path(struct states *states, const struct root *root);

#endif
