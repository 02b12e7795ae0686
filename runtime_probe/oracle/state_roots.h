#ifndef ORACLE_STATE_ROOTS_H
#define ORACLE_STATE_ROOTS_H
/*
 * Roots of state keys and their leaves: which keys do some bytes of a variable or heap object have?
 */
#include "spillscope/collection.h"
#include "spillscope/image.h"

struct state_root {
    const char *name;  /* as in state keys; belongs to the image or to the program */
    uint32_t type;     /* IMAGE_NONE: an untyped buffer, one leaf */
    uint32_t variable; /* index in the image, IMAGE_NONE for a heap root */
};

struct state_leaf {
    uint32_t key;         /* string number in state_roots.keys */
    uint32_t root_length; /* of the key */
    uint64_t bit_offset;  /* within the object */
    uint64_t bit_size;
    bool bit_field; /* shares its bytes with neighbours, which a store rewrites with their old value */
};

struct state_roots {
    const struct image *image;
    struct strings keys;
    struct vector roots;    /* struct state_root */
    struct map by_variable; /* variable index -> root */
    struct map by_name;     /* string number in keys -> root */
    struct vector leaves;   /* struct state_leaf, runs */
    struct map runs;        /* packed (root, array, offset, count) -> first << 16 | number of leaves */
};

void state_roots_init(struct state_roots *roots, const struct image *image);
void state_roots_deinit(struct state_roots *roots);

uint32_t state_roots_variable(struct state_roots *roots, uint32_t variable);
/* A heap root: "struct TAG", "union TAG", "FILE:struct TAG" (a tag that several files define), a typedef's name, or an untyped buffer. `name` must
 * outlive the roots. */
uint32_t state_roots_heap(struct state_roots *roots, const char *name);
static inline const struct state_root *state_root(const struct state_roots *roots, uint32_t index) {
    return VECTOR_AT(&roots->roots, struct state_root, index);
}

/* The leaves that overlap bytes [offset, offset + count), count at most 8; the array is valid until the next call. Padding has none. */
const struct state_leaf *state_roots_leaves(struct state_roots *roots, uint32_t root, uint64_t object_size, uint64_t offset, unsigned count,
                                            size_t *out_count);

#endif
