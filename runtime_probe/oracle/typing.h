#ifndef ORACLE_TYPING_H
#define ORACLE_TYPING_H
/*
 * What type has a heap object? First by where it was allocated: the allocation call's place, inlined frames and callers of
 * allocation wrappers included, is looked up among the allocation sites. Then, as a check, by the typed pointers that lead to it.
 */
#include "kernel_map.h"
#include "spillscope/text.h"

enum { TYPING_CALLERS = 6 };

struct typing {
    const struct image *image;
    const struct program *program;
    struct state_roots *roots;
    struct strings places; /* "allocator/pc/pc/..." */
    struct map known;      /* number of a place -> root */
    struct vector names;   /* char *, owned: roots of places that no site names */
    struct map unnamed;    /* these roots */
    struct map adopted;    /* unnamed root << 32 | size of the object -> root that pointers show; ADOPTED_NONE where they disagree */
};

void typing_init(struct typing *typing, const struct image *image, const struct program *program, struct state_roots *roots);
void typing_deinit(struct typing *typing);

/* Root of what `allocator` gave to the callers (return addresses, innermost first, 0 ends); *out_known false: no site names it. */
uint32_t typing_root(struct typing *typing, const char *allocator, const uint64_t callers[TYPING_CALLERS], bool *out_known);

/* What typed pointers have shown objects of an unnamed root and this size to be; `root` itself where nothing is known. */
uint32_t typing_adopted(const struct typing *typing, uint32_t root, uint64_t size);
/*
 * Objects that no allocation site names (their allocator's caller was not analysed) are what typed pointers to their first byte say, where the type
 * has exactly their size and no other such type is named: all objects of the same place and size get it.
 */
void typing_adopt(struct typing *typing, const struct kernel_map *map, struct heap_objects *heap, uint64_t root);

/* The same of what the arguments of a transaction's entry point to: what only stacks lead to is shown by them alone. */
void typing_adopt_arguments(struct typing *typing, const struct kernel_map *map, struct heap_objects *heap, uint64_t root,
                            const struct function *function, const uint64_t *arguments, size_t count);

/* Objects whose type was checked, over all checks; each counts once. */
struct typing_check {
    struct map seen;      /* object -> what pointers said */
    size_t disagreements; /* objects that no pointer of their site's type leads to, but one of another */
    struct text example;  /* the latest of these */
};
/* Follows typed pointers from all variables and objects, and compares what they point to with the roots of the objects there. */
void typing_check(const struct kernel_map *map, const struct heap_objects *heap, const struct state_roots *roots, uint64_t root,
                  struct typing_check *check);

#endif
