#ifndef SPILLSCOPE_SITES_H
#define SPILLSCOPE_SITES_H
/* Allocators of the manifest, and the types that each allocation site makes, by the analyzer (table alloc_site). */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/image.h"
#include "spillscope/store.h"

/* A function that allocates or frees. Arguments count from 0; -1 = none. */
struct site_allocator {
    char *name;
    uint64_t entry;
    bool frees;
    int size;    /* bytes */
    int count;   /* multiplies the size */
    int pointer; /* what is freed */
};

struct site {
    char *file;
    char *function;
    char *allocator;
    char *root;
    uint32_t line;
};

/* What a call of an allocator from one place makes. */
struct site_types {
    uint64_t caller; /* return address */
    uint32_t allocator;
    const char **roots; /* they live in `sites` */
    size_t count;
};

struct sites {
    struct site_allocator *allocators;
    uint32_t allocator_count;
    struct site *list;
    size_t count;
    struct site_types *types; /* remembered, in the order first seen */
    size_t type_count;
};

/* Allocators of whole pages are left out: what lies in their pages is typed by pointers, or divided by other allocators. */
struct error *sites_load(struct store *store, const struct image *image, struct sites *out_sites);
void sites_deinit(struct sites *sites);

const struct site_allocator *sites_allocator_at(const struct sites *sites, uint64_t pc);

/* Roots of what a call that returns to `caller` makes; none when no site fits. They live as long as the sites. */
struct error *sites_types(struct sites *sites, const struct image *image, const struct site_allocator *allocator, uint64_t caller,
                          const char *const **out_roots, size_t *out_count);

#endif
