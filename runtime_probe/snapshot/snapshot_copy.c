#include "spillscope/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "snapshot_private.h"

struct error *snapshot_create(uint32_t count, uint64_t byte_count, struct snapshot **out_snapshot) {
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (snapshot) {
        snapshot->regions = calloc((size_t)count + 1, sizeof *snapshot->regions);
        snapshot->bytes = malloc(byte_count + 8);
    }
    if (!snapshot || !snapshot->regions || !snapshot->bytes) {
        snapshot_destroy(snapshot);
        return error_out_of_memory();
    }
    snapshot->count = count;
    snapshot->byte_count = byte_count;
    *out_snapshot = snapshot;
    return NULL;
}

static bool region_fits(const struct snapshot *snapshot, const struct plan *plan, uint32_t index) {
    const struct region *region = &snapshot->regions[index];
    bool inside = region->data <= snapshot->byte_count && region->size <= snapshot->byte_count - region->data;
    bool known = region->shape < plan->shape_count && region->origin <= index;
    if (!inside || !known || region->parent == SNAPSHOT_NONE) {
        return inside && known;
    }
    return region->parent < index && region->pointer < plan->shapes[snapshot->regions[region->parent].shape].pointer_count;
}

struct error *snapshot_index(struct snapshot *snapshot, const struct plan *plan) {
    for (uint32_t i = 0; i < snapshot->count; i++) {
        if (!region_fits(snapshot, plan, i)) {
            return error_create(ERROR_FORMAT, "region %u of %u is none", i, snapshot->count);
        }
    }
    return snapshot_reindex(snapshot);
}

struct error *snapshot_copy(const struct snapshot *snapshot, struct snapshot **out_snapshot) {
    struct snapshot *copy = NULL;
    struct error *error = snapshot_create(snapshot->count, snapshot->byte_count, &copy);
    if (error) {
        return error;
    }
    memcpy(copy->regions, snapshot->regions, snapshot->count * sizeof *copy->regions);
    memcpy(copy->bytes, snapshot->bytes, snapshot->byte_count);
    copy->unreadable = snapshot->unreadable;
    copy->ambiguous = snapshot->ambiguous;
    copy->serial = snapshot->serial;
    copy->cut = snapshot->cut;
    error = snapshot_reindex(copy);
    if (error) {
        snapshot_destroy(copy);
        return error;
    }
    *out_snapshot = copy;
    return NULL;
}
