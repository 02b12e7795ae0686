#ifndef SPILLSCOPE_STACK_MAP_H
#define SPILLSCOPE_STACK_MAP_H
/* Where the tasks' kernel stacks lie: from the task structures in the guest's memory, as the manifest's [stacks] describes them. */
#include "spillscope/catalog.h"
#include "spillscope/guest_memory.h"
#include "spillscope/snapshot.h"
#include "spillscope/track.h"

/* Adds the stacks of all tasks that can be reached and forgets those of tasks that are gone. Without [stacks] does nothing. */
struct error *stack_map_refresh(const struct catalog *catalog, const struct plan *plan, struct guest_memory *memory, struct track *track);

/* The same from a snapshot of [stacks]' scope; *out_moved tells that a stack came or went. */
struct error *stack_map_update(const struct catalog *catalog, const struct plan *plan, const struct snapshot *tasks, struct track *track,
                               bool *out_moved);

/* A stack for a pointer that lies in no known one: the aligned block around it. */
struct error *stack_map_guess(struct track *track, uint64_t sp, struct track_stack **out_stack);

/* Ranges of all known stacks, sorted; the caller frees them. */
struct error *stack_map_ranges(const struct track *track, struct snapshot_range **out_ranges, size_t *out_count);

#endif
