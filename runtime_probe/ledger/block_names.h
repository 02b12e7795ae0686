#ifndef LEDGER_BLOCK_NAMES_H
#define LEDGER_BLOCK_NAMES_H
/*
 * Roots of state keys of allocated objects: the type that the allocation site makes, by the analyzer (table alloc_site); a site that it does not know
 * names a buffer, alloc@FILE:FUNCTION, until typed pointers to the first byte of its objects agree on a type of their size.
 */
#include "heap_map.h"

struct block_names {
    const struct image *image;
    struct vector sites; /* struct block_site */
    struct strings strings;
    struct map defined;   /* numbers of FILE:FUNCTION that were analysed */
    struct vector names;  /* struct block_name */
    struct map by_string; /* number of a string -> name */
    struct map by_call;   /* allocator << 48 ^ return address -> name + 1 */
    struct map shown;     /* name << 32 | size -> name that pointers show, or BLOCK_NAME_NONE where they disagree */
};

struct block_name {
    uint32_t string;
    uint32_t type; /* IMAGE_NONE: a buffer */
    bool unnamed;  /* no site names it */
};

#define BLOCK_NAME_NONE UINT32_MAX

struct error *block_names_load(struct store *store, const struct image *image, struct block_names *out_names);
void block_names_deinit(struct block_names *names);

/* What a call of an allocator that returns to `caller` makes; `number` tells allocators apart. */
uint32_t block_names_of_call(struct block_names *names, const char *allocator, uint32_t number, uint64_t caller, uint64_t size);
uint32_t block_names_intern(struct block_names *names, const char *root);
static inline const struct block_name *block_names_at(const struct block_names *names, uint32_t name) {
    return VECTOR_AT(&names->names, struct block_name, name);
}
const char *block_names_string(const struct block_names *names, uint32_t name);

/* A typed pointer has this value: what only stacks lead to is shown by a call's arguments alone. */
void block_names_show(struct block_names *names, const struct kernel_layout *layout, struct heap_map *heap, uint32_t pointer_type, uint64_t value);

/* Follows the pointers of all variables and of all typed objects, and renames what they show. */
void block_names_learn(struct block_names *names, const struct kernel_layout *layout, struct heap_map *heap);

#endif
