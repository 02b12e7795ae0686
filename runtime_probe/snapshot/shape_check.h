#ifndef SPILLSCOPE_SHAPE_CHECK_H
#define SPILLSCOPE_SHAPE_CHECK_H
/* Which type do the bytes at an address have? Judged by what must hold of an object of each. */
#include "spillscope/guest_memory.h"
#include "spillscope/plan.h"

/* Fills the checks of a shape from its type. */
struct error *shape_find_checks(const struct image *image, struct shape *shape);

/* How many checks hold for an object at the address; none when it cannot be read. */
struct shape_score {
    uint32_t held;
    uint32_t of;
};
struct error *shape_score(const struct plan *plan, struct guest_memory *memory, uint64_t address, uint32_t shape, struct shape_score *out_score);

/* Is one score the better evidence? A share of checks that hold, where more checks count for more. */
bool shape_score_better(const struct shape_score *one, const struct shape_score *other);

#endif
