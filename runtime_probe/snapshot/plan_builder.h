#ifndef SPILLSCOPE_PLAN_BUILDER_H
#define SPILLSCOPE_PLAN_BUILDER_H
/* What the plan is made from: pointer facts of the database, kept sorted while the plan is built. */
#include "spillscope/plan.h"

struct pointee {
    char *key;  /* state key of the pointer */
    char *root; /* root of a possible target */
    char *path; /* path in it */
};

struct pointees {
    struct pointee *rows; /* sorted by key, root, path */
    size_t count;
    char **heap_roots; /* roots of allocation sites, sorted, distinct */
    size_t heap_root_count;
    char **all_roots; /* these and the roots of all heap states, sorted, distinct */
    size_t all_root_count;
};

struct error *pointees_load(struct store *store, struct pointees *out_pointees);
void pointees_deinit(struct pointees *pointees);
/* First row of the key; *out_count rows follow each other. */
const struct pointee *pointees_find(const struct pointees *pointees, const char *key, size_t *out_count);
bool pointees_is_heap_root(const struct pointees *pointees, const char *root);
/* Is it a root of any heap state or allocation? */
bool pointees_is_root(const struct pointees *pointees, const char *root);

#endif
