#ifndef SPILLSCOPE_DIFFERENCE_H
#define SPILLSCOPE_DIFFERENCE_H
/*
 * What changed between two snapshots, typed: bytes are compared first, types are asked only where bytes differ. Each difference is one
 * leaf (or a run of elements of one array) of one object.
 */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/snapshot.h"

/*
 * Bytes that a task changed itself while it ran, for transactions during which other tasks or interrupts ran too: a set of
 * (address, shape, byte). Kept across the pieces of a transaction.
 */
struct own_bytes;
struct error *own_bytes_create(struct own_bytes **out_own);
void own_bytes_destroy(struct own_bytes *own); /* NULL is fine */
/* Adds what differs between the beginning and the end of one piece; objects that appeared in it are added whole. */
struct error *own_bytes_add(struct own_bytes *own, const struct snapshot *before, const struct snapshot *after);

/* Adds bytes of an object that the task is known to have stored to. */
struct error *own_bytes_mark(struct own_bytes *own, const struct region *region, uint64_t offset, uint64_t count);

/* Bytes to which the task stored what they held already: its own where the object is new. */
struct error *own_bytes_keep(struct own_bytes *own, const struct region *region, uint64_t offset, uint64_t count);

/* Of these bytes all are known that the task has changed, also those that it has changed back: what differs in others was changed by others alone. */
struct error *own_bytes_know(struct own_bytes *own, const struct region *region, uint64_t offset, uint64_t count);

/*
 * Of a pointer in a list, a tree or an array of pointers: what happened to the members (snapshot/members.h). Added: the node that the link lies in,
 * or else the one that it leads to, is new among those that are led to. Removed: it is none of them any more. Moved: all were there and still are.
 * Of other pointers: they lead to an object where they led to none, or the other way round.
 */
enum difference_effect { DIFFERENCE_MODIFIED, DIFFERENCE_ADDED, DIFFERENCE_REMOVED, DIFFERENCE_MOVED, DIFFERENCE_CREATED };

struct difference {
    const char *key;               /* state key */
    const char *instance;          /* which one: "tasks->next->files[2].position" */
    enum difference_effect effect; /* created: leaf of a new object */
    const char *old_value;         /* NULL for created */
    const char *new_value;
    uint64_t bytes; /* that differ; created: bytes of the leaf */
    uint32_t shape;
    const struct shape *origin; /* the global from which the object is reached; NULL = a parameter */
    bool server;                /* the object belongs to a server: reached from a global of one */
    bool whitelisted;
    bool foreign; /* none of its bytes changed while the task ran by itself: others changed it meanwhile, and whether the task stored to it
                     in between cannot be seen. Only told of whitelisted states. */
};

/* Strings live as long as the call. An error ends the comparison and is passed on. */
typedef struct error *difference_visitor(void *context, const struct difference *difference);

/*
 * Compares the objects of `after` with `before`, in order of the walk. `own` tells which bytes the task changed itself; NULL = all
 * that differ. Temporary objects (stacks) are left out.
 */
struct error *difference_visit(const struct plan *plan, const struct whitelist *whitelist, const struct snapshot *before,
                               const struct snapshot *after, const struct own_bytes *own, difference_visitor *visitor, void *context);

/* The same for these regions of `after` only, in the order given: all that can differ. */
struct error *difference_visit_regions(const struct plan *plan, const struct whitelist *whitelist, const struct snapshot *before,
                                       const struct snapshot *after, const struct own_bytes *own, const uint32_t *regions, size_t count,
                                       difference_visitor *visitor, void *context);

#endif
