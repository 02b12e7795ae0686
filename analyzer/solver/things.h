#ifndef SOLVER_THINGS_H
#define SOLVER_THINGS_H
/*
 * What pointers point to: things (variables, functions, heap objects by allocation context, unknowns) and locations (a byte offset in a
 * thing, arrays folded to element 0). How pointer arithmetic and casts move a location is here too, so that the whole-program solution and
 * the transactions' closures agree.
 */
#include "frames.h"
#include "type_head.h"
#include "type_layout.h"

enum thing_kind {
    THING_VARIABLE, /* global or static: `object` */
    THING_LOCAL,    /* stack variable of one frame */
    THING_CODE,     /* function */
    THING_LITERAL,  /* string literal */
    THING_HEAP,     /* made by the allocation call `instruction` of `frame` */
    THING_ANY,      /* some object of record type `type`, come from outside: stands for all of that type and all that hold one */
    THING_UNKNOWN   /* a pointer from outside without a useful type */
};

struct thing {
    enum thing_kind kind;
    uint32_t object;        /* program object; NONE for heap and unknowns */
    uint32_t type;          /* NONE = unknown */
    uint32_t frame;         /* local, heap: where it is made; unknown: first frame that met it */
    uint32_t instruction;   /* heap, unknown: NONE = a parameter */
    uint64_t bytes;         /* heap: constant size, 0 = not known */
    bool open;              /* what it holds may have been stored from outside */
    bool is_array;          /* an unknown number of objects of `type` in a row */
    bool pooled;            /* the pool of pool.h holds it */
    const char *cause;      /* unknown: code of table `unknown` */
    const char *detail;     /* unknown: function called, template ... */
    const char *allocator;  /* heap */
    uint32_t offset_count;  /* distinct offsets met: beyond a bound they become "some offset" */
    VECTOR(uint32_t) casts; /* heap without a type: record types that a pointer to it was cast to */
};

/* Offset "somewhere in the thing". */
#define OFFSET_ANY INT32_MIN

/* Pointers a little outside their object are kept, since they may come back. */
#define SLACK 65536

struct location {
    uint32_t thing;
    int32_t offset;
};

typedef VECTOR(uint32_t) number_list;

struct things {
    struct program *program;
    struct frames *frames;
    VECTOR(struct thing) items;
    VECTOR(struct location) locations;
    struct map location_of;       /* (thing << 32 | offset) -> location */
    struct map heap_of;           /* (frame << 32 | instruction) -> thing */
    struct map any_of;            /* type -> thing */
    struct map overlays;          /* (thing << 32 | record): the source takes the thing for such a record, whatever it was made as */
    VECTOR(number_list) overlaid; /* record -> locations where it takes something for one */
    struct map overlaid_seen;     /* (location << 32 | record) of these */
    struct keys unknown_of;       /* (0, function, instruction, role) or (1, type, offset) -> thing */
    struct type_heads heads;
    uint32_t first_local;  /* things below are program objects, from here on the frames' locals */
    uint32_t literal;      /* NONE = no string literal in the program */
    number_list *sections; /* program object -> objects of the linker section that it bounds, NULL */
    bool *bounds_by_type;  /* program object -> its name tells no section: those of its type in any section, or it is an object by itself */
    uint32_t pool;         /* location "somewhere in the pool", NONE before there is one (pool.h) */
    uint32_t pool_bytes;   /* location "bytes or lone scalars somewhere in the pool", taken for a record */
};

void things_init(struct program *program, struct frames *frames, struct things *out_things);

static inline uint64_t thing_size(const struct things *things, const struct thing *thing) {
    return thing->type == NONE ? 0 : things->program->types.items[thing->type].size;
}

/* Thing of a program object as seen in a frame (a local is the frame's own). */
uint32_t thing_of_object(const struct things *things, uint32_t frame, uint32_t object);

/* The object of an allocation; hint NONE = no type known. New ones go to the end of `items`. */
uint32_t thing_heap(struct things *things, uint32_t frame, uint32_t instruction, uint32_t hint, uint64_t bytes, const char *allocator);
/* Some object of a record type. */
uint32_t thing_any(struct things *things, uint32_t type);
/* An untyped pointer from outside, one for each place that brings it: `role` tells several at one instruction apart. */
uint32_t thing_unknown(struct things *things, uint32_t frame, uint32_t instruction, uint32_t role, const char *cause, const char *detail);
/* The same for a member of memory that may be written from outside: one for each type and offset. */
uint32_t thing_unknown_member(struct things *things, uint32_t type, int64_t offset, const char *detail);

/* The location "somewhere in the pool" (pool.h), made the first time. */
uint32_t thing_pool(struct things *things);

static inline bool location_is_pool(const struct things *things, uint32_t location) {
    return things->pool != NONE && (location == things->pool || location == things->pool_bytes);
}

/* Where in a thing a place is kept: elements of an array have the first one's places. */
int64_t thing_fold(const struct things *things, uint32_t thing, int64_t offset);

/* Location in a thing; NONE when the offset can be no place in it. */
uint32_t thing_location(struct things *things, uint32_t thing, int64_t offset);

/* The same for the offset of a struct placement. */
static inline uint32_t thing_location_at(struct things *things, uint32_t thing, int64_t offset) {
    return thing_location(things, thing, offset == FACTS_OFFSET_UNKNOWN ? OFFSET_ANY : offset);
}

/* An unknown pointer of declared type `pointer` (a type id, NONE = none): any object of the record, else the untyped unknown. */
uint32_t thing_from_outside(struct things *things, uint32_t pointer, uint32_t frame, uint32_t instruction, uint32_t role, const char *cause,
                            const char *detail);

/* The record that a pointer type points to (arrays looked through), NONE when it points to something else. */
uint32_t pointed_record(const struct program *program, uint32_t pointer);

/* May the memory be written at all, and does it outlive the functions that run? */
bool thing_is_writable(const struct things *things, uint32_t thing);

#endif
