#ifndef SPILLSCOPE_SNAPSHOT_PRIVATE_H
#define SPILLSCOPE_SNAPSHOT_PRIVATE_H
#include "spillscope/snapshot.h"

/* Makes the hash of a snapshot whose regions are complete. */
struct error *snapshot_reindex(struct snapshot *snapshot);
/* Frees all that it holds, and itself. */
void snapshot_free(struct snapshot *snapshot);

/* An empty snapshot for the scope: a spare one or a new one. NULL when memory is short. */
struct snapshot *spares_take(struct snapshot_spares *spares, const struct scope *scope);
/* Takes over one that was made with the spares. */
void spares_give(struct snapshot_spares *spares, struct snapshot *snapshot);
/* Room for `count` bytes; what is added is zero, with stamps of its own. False when memory is short. */
bool snapshot_reserve(struct snapshot *snapshot, uint64_t count);
/* Makes the bytes from `data` on those given. Blocks that are the same already stay as they are. */
void snapshot_update(struct snapshot *snapshot, uint64_t data, const uint8_t *bytes, uint64_t count);
/* These bytes were written by others. */
void snapshot_touch(struct snapshot *snapshot, uint64_t data, uint64_t count);

/* How many bytes of the region, from `at` on, are the same in both snapshots as their stamps tell; 0 = they do not. */
uint64_t snapshot_same(const struct snapshot *before, const struct region *then, const struct snapshot *after, const struct region *now, uint64_t at);

#endif
