#ifndef SOLVER_LOCATION_SET_H
#define SOLVER_LOCATION_SET_H
/*
 * Sets of locations in order of arrival. Most nodes of the solver hold exactly what one other node sent them, so a set is the first `count`
 * locations of a store, and many sets refer to one store: only the set that made a store appends to it, so what others see of it
 * never changes. A set that gets something else than the store's next location takes a store of its own first. Nobody can tell from
 * contents or order whether a set shares. Zeroed structs are empty sets.
 */
#include "things.h"

struct location_store {
    number_list items;
    uint32_t *slots;     /* membership once it is larger than a few: index of items + 1, 0 = empty */
    uint32_t slot_count; /* a power of two, or 0 */
};

struct location_set {
    struct location_store *store; /* NULL when it was always empty */
    uint32_t count;
    bool owns; /* made the store */
};

/* Each tells whether the set changed. Stores come from `arena`. */
bool location_set_add(struct arena *arena, struct location_set *set, uint32_t location);
/* Adds the locations from index `first` to before `end` of another set, without a look at each where both share a store. */
bool location_set_add_range(struct arena *arena, struct location_set *set, const struct location_set *from, uint32_t first, uint32_t end);

bool location_set_has(const struct location_set *set, uint32_t location);

static inline uint32_t location_set_at(const struct location_set *set, uint32_t index) {
    return set->store->items.items[index];
}

#endif
