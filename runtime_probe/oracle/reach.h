#ifndef ORACLE_REACH_H
#define ORACLE_REACH_H
/*
 * Ownership: which heap objects can be reached from globals and statics of entities other than the client?
 *
 * Followed are pointers and integers of their size. A pointer to a record leads only to an object that has such a record where it points:
 * what a server left in a slot that it no longer uses may point to an object that is the client's by now. Untyped pointers, integers and
 * untyped buffers are followed whatever they hold. Kernel stacks are frames, and lead nowhere.
 */
#include "kernel_map.h"

/* A place in an object that may hold an address. */
struct reach_slot {
    uint32_t offset;
    uint32_t target; /* record type that a pointer there leads to; IMAGE_NONE: anything */
};

struct reach {
    unsigned char *reached; /* by object; owned */
    size_t capacity;
    struct vector queue; /* uint32_t */
    struct vector roots; /* uint32_t: state roots of variables that are not the client's */
    struct vector slots; /* struct reach_slot, runs */
    struct map runs;     /* root << 32 | object size -> first << 32 | count */
};

void reach_init(struct reach *reach, const struct image *image, const struct program *program, struct state_roots *roots);
void reach_deinit(struct reach *reach);
/* As of now, by the page tables at `root`. */
void reach_compute(struct reach *reach, const struct kernel_map *map, const struct heap_objects *heap, const struct state_roots *roots,
                   uint64_t root);
static inline bool reach_has(const struct reach *reach, uint32_t object) {
    return object < reach->capacity && reach->reached[object];
}

#endif
