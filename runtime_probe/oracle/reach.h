#ifndef ORACLE_REACH_H
#define ORACLE_REACH_H
/*
 * Ownership: which heap objects can be reached from globals and statics of entities other than the client? Every aligned word counts
 * as a pointer when its value is one, whatever its type, so that unions, tagged and integer pointers are followed; kernel
 * stacks are frames, and lead nowhere.
 */
#include "kernel_map.h"

struct reach {
    unsigned char *reached; /* by object; owned */
    size_t capacity;
    struct vector queue;    /* uint32_t */
    struct vector roots;    /* uint32_t: variables that may hold pointers and are not the client's */
};

void reach_init(struct reach *reach, const struct image *image, const struct program *program);
void reach_deinit(struct reach *reach);
/* As of now, by the page tables at `root`. */
void reach_compute(struct reach *reach, const struct kernel_map *map, const struct heap_objects *heap, uint64_t root);
static inline bool reach_has(const struct reach *reach, uint32_t object) { return object < reach->capacity && reach->reached[object]; }

#endif
