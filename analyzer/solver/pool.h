#ifndef SOLVER_POOL_H
#define SOLVER_POOL_H
/*
 * The pool ends what wide pointers begin. A points-to set that grows beyond points_to.set_limit is given up: all things in it go into the pool, and
 * the set becomes the one location "somewhere in the pool" (things.pool). The pool is closed: what its things hold is in the pool too, and a
 * load from one of them may give anything in it. So one location stands for all that such pointers lead to, whatever is stored through
 * them, and nothing more has to flow.
 *
 * What a location "somewhere in the pool" means to a constraint: moved or copied it stays what it is; as a pointer to a record it is "any T"
 * (things.c: location_retype); called, it is any pooled function of the wanted type; stored through, it is a named unknown, "wide-pointer".
 */
#include "points_to.h"

void pool_init(struct points_to *p);

/* The thing belongs to the pool from now on; pool_settle does what follows from that. */
void pool_add(struct points_to *p, uint32_t thing);
bool pool_settle(struct points_to *p); /* tells whether anything was left to do */

/* Is the location one that "somewhere in the pool" stands for? */
static inline bool pool_holds(const struct points_to *p, uint32_t location) {
    return location == p->things->pool || p->things->items.items[p->things->locations.items[location].thing].pooled;
}

static inline bool pool_is_wide(const struct points_to *p, const struct location_set *set) {
    return set->count && location_set_at(set, 0) == p->things->pool;
}

/* Is the location in the set, by name or as one of the pool's? */
static inline bool pool_set_has(const struct points_to *p, const struct location_set *set, uint32_t location) {
    return location_set_has(set, location) || (pool_is_wide(p, set) && pool_holds(p, location));
}

/* "Somewhere in the pool" is read, written, copied from or to, handed outside. */
void pool_read(struct points_to *p, uint32_t to);
void pool_write(struct points_to *p, uint32_t from);
void pool_copy_to(struct points_to *p, uint32_t source_thing);
void pool_copy_from(struct points_to *p, uint32_t target_thing);
void pool_escape(struct points_to *p);

/* A use that wants functions has met "somewhere in the pool": it is shown each pooled function of its type. */
void pool_watch_functions(struct points_to *p, const struct use *use);

#endif
