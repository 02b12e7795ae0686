#ifndef SPILLSCOPE_ALLOCATIONS_H
#define SPILLSCOPE_ALLOCATIONS_H
/*
 * Heap objects that were seen to be allocated and freed since the watch began: where they lie, how large they are and of which type.
 * Objects that are older are not known here; the graph walk types those by its pointers alone. What it adds: stale pointers to freed
 * memory are not followed, memory that was reused is typed anew, and an object new since a moment can be told from an old one at
 * the same address.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"

struct allocation {
    uint64_t address;
    uint64_t size;
    uint64_t serial;          /* counts allocations from 1 */
    bool live;                /* false: freed, and nothing was allocated there since */
    const char *const *roots; /* roots of its type, by the allocation site; not owned */
    size_t root_count;        /* 0 = the site is not known */
};

struct allocations {
    struct allocation *list; /* sorted by address, apart */
    size_t count;
    size_t capacity;
    uint64_t serial; /* of the newest */
};

void allocations_deinit(struct allocations *allocations);

/* A new object; it takes the place of all dead ones that it overlaps. */
struct error *allocations_add(struct allocations *allocations, uint64_t address, uint64_t size, const char *const *roots, size_t root_count);
/* The object that begins here is freed; unknown addresses are ignored. */
void allocations_free(struct allocations *allocations, uint64_t address);

/* The object, live or freed, that holds the address; NULL = nothing is known of it. */
const struct allocation *allocations_at(const struct allocations *allocations, uint64_t address);

#endif
