#ifndef SPILLSCOPE_ALTERATION_H
#define SPILLSCOPE_ALTERATION_H
/* The bytes to write into a guest so that a state is as it was before a transaction, or otherwise than it is. */
#include <stddef.h>
#include <stdint.h>
#include "spillscope/snapshot.h"

#define ALTERATION_BYTES 32 /* largest leaf, with the bytes that a bit-field shares */

struct alteration {
    uint64_t address;
    uint32_t count;
    uint8_t bytes[ALTERATION_BYTES];
};
struct alterations {
    struct alteration *list; /* in order of the walk; owned */
    size_t count;
    size_t capacity;
};
void alterations_deinit(struct alterations *alterations);

enum alteration_kind {
    ALTERATION_RESET,  /* the leaf's bits at entry; in an object that is new since, zeroes */
    ALTERATION_PERTURB /* another value of its type: pointers NULL, booleans negated, the next enumerator, else one more */
};

/*
 * Every leaf of the state whose bits changed between the snapshots. Leaves that have no other value (a pointer that is NULL already) are
 * left out, as are ones of more than ALTERATION_BYTES.
 */
struct error *alterations_find(const struct plan *plan, const char *key, enum alteration_kind kind, const struct snapshot *before,
                               const struct snapshot *after, struct alterations *out_alterations);

#endif
