#ifndef FACTS_MEMORY_H
#define FACTS_MEMORY_H
/*
 * Memory of one unit: chunks that are only ever freed together. The first chunk holds the unit itself, so that a unit pointer is all
 * that facts_destroy needs.
 */
#include <stdbool.h>
#include <stddef.h>
#include "spillscope/facts.h"

struct facts_chunk;

struct facts_memory {
    struct facts_chunk *last; /* newest chunk; each knows the one before */
};

/* Zeroed and aligned for any type; NULL when memory is short. A count of 0 gives a valid pointer. */
void *facts_memory_take(struct facts_memory *memory, size_t count, size_t size);
void facts_memory_deinit(struct facts_memory *memory);

/* A unit and the memory that it and all it points to lie in. */
struct facts_owned_unit {
    struct facts_unit unit; /* first, so that the two pointers convert */
    struct facts_memory memory;
};

#endif
