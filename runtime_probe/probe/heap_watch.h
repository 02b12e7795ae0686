#ifndef SPILLSCOPE_HEAP_WATCH_H
#define SPILLSCOPE_HEAP_WATCH_H
/* Keeps `allocations` up to date from the stops at the entries and returns of allocators. */
#include "points.h"
#include "spillscope/sites.h"
#include "spillscope/allocations.h"

#define HEAP_WATCH_CALLS 64 /* allocator calls that may be under way at once; more go unseen */

/* A call of an allocator that has not returned yet. */
struct allocator_call {
    uint64_t slot; /* stack pointer at its entry */
    struct guest_return back;
    uint64_t size; /* bytes asked for */
    const struct site_allocator *allocator;
};

struct heap_watch {
    struct sites *sites;       /* not owned */
    const struct image *image; /* not owned */
    struct allocations allocations;
    struct allocator_call calls[HEAP_WATCH_CALLS];
    size_t call_count;
};

void heap_watch_deinit(struct heap_watch *watch);

/* The guest stands at the entry of an allocator. */
struct error *heap_watch_enter(struct heap_watch *watch, struct guest *guest, struct points *points, const struct site_allocator *allocator);
/* Where the registers are those of an allocator that has just returned, the new object is noted. */
struct error *heap_watch_returned(struct heap_watch *watch, const struct guest *guest, struct points *points);

#endif
