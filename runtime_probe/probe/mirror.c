#include "mirror.h"

#include <stdlib.h>
#include <string.h>

void mirror_init(struct mirror *mirror, const struct plan *plan) {
    *mirror = (struct mirror){.plan = plan, .changed = VECTOR_OF(uint32_t)};
}

void mirror_deinit(struct mirror *mirror) {
    snapshot_destroy(mirror->now);
    snapshot_destroy(mirror->coming);
    free(mirror->then);
    free(mirror->marks);
    vector_deinit(&mirror->changed);
}

/* ------------------------------------------------------------------------------------------------ being told */

bool mirror_is_coming(const struct mirror *mirror) {
    return mirror->coming != NULL;
}

/* The new snapshot takes the place of the old one, which the owner keeps as it was when it began. */
static struct error *mirror_replace(struct mirror *mirror) {
    struct snapshot *fresh = mirror->coming;
    mirror->coming = NULL;
    struct error *error = snapshot_index(fresh, mirror->plan);
    uint8_t *then = error ? NULL : malloc(fresh->byte_count + 8);
    uint8_t *marks = error ? NULL : calloc(1, (size_t)fresh->count + 1);
    if (!error && (!then || !marks)) {
        error = error_out_of_memory();
    }
    if (error) {
        snapshot_destroy(fresh);
        free(then);
        free(marks);
        return error;
    }
    memcpy(then, fresh->bytes, fresh->byte_count);
    if (mirror->owner) {
        free(mirror->now->bytes);
        mirror->now->bytes = mirror->then;
        mirror->owner->before = mirror->now;
        mirror->owner = NULL;
    } else {
        snapshot_destroy(mirror->now);
        free(mirror->then);
    }
    free(mirror->marks);
    mirror->now = fresh;
    mirror->then = then;
    mirror->marks = marks;
    vector_clear(&mirror->changed);
    return NULL;
}

static uint64_t coming_size(const struct mirror *mirror) {
    return (uint64_t)mirror->coming->count * sizeof *mirror->coming->regions + mirror->coming->byte_count;
}

struct error *mirror_announce(struct mirror *mirror, const struct capture_snapshot *message) {
    enum { REGIONS_MAX = 1 << 20 };
    if (message->head.size != sizeof *message || message->regions > REGIONS_MAX || message->bytes > (1ULL << 32)) {
        return error_create(ERROR_FORMAT, "the recorder announces a snapshot of %u regions and %llu bytes", message->regions,
                            (unsigned long long)message->bytes);
    }
    snapshot_destroy(mirror->coming);
    mirror->coming = NULL;
    mirror->come = 0;
    struct error *error = snapshot_create(message->regions, message->bytes, &mirror->coming);
    if (error) {
        return error;
    }
    mirror->coming->serial = message->serial;
    mirror->coming->unreadable = message->unreadable;
    mirror->coming->ambiguous = message->ambiguous;
    mirror->coming->cut = message->cut != 0;
    return coming_size(mirror) == 0 ? mirror_replace(mirror) : NULL;
}

struct error *mirror_piece(struct mirror *mirror, const struct capture_message *message) {
    const uint8_t *from = (const uint8_t *)(message + 1);
    uint64_t left = message->size - sizeof *message;
    uint64_t head = (uint64_t)mirror->coming->count * sizeof *mirror->coming->regions;
    while (left > 0 && mirror->come < coming_size(mirror)) {
        bool regions = mirror->come < head;
        uint8_t *to = regions ? (uint8_t *)mirror->coming->regions + mirror->come : mirror->coming->bytes + (mirror->come - head);
        uint64_t room = (regions ? head : coming_size(mirror)) - mirror->come;
        uint64_t step = left < room ? left : room;
        memcpy(to, from, step);
        from += step;
        left -= step;
        mirror->come += step;
        if (regions) {
            break; /* each of the two begins with a piece of its own; what is left is padding */
        }
    }
    return mirror->come == coming_size(mirror) ? mirror_replace(mirror) : NULL;
}

struct error *mirror_patch(struct mirror *mirror, const struct capture_patch *message) {
    const struct region *region = mirror->now && message->region < mirror->now->count ? &mirror->now->regions[message->region] : NULL;
    bool fits = region && message->offset <= region->size && message->count <= region->size - message->offset &&
                message->head.size >= sizeof *message && message->count <= message->head.size - sizeof *message;
    if (!fits) {
        return error_create(ERROR_FORMAT, "the recorder tells bytes %u to %u of region %u, which has not so many", message->offset,
                            message->offset + message->count, message->region);
    }
    uint64_t at = region->data + message->offset;
    memcpy(mirror->now->bytes + at, message->bytes, message->count);
    if (!mirror->owner) {
        memcpy(mirror->then + at, message->bytes, message->count);
    } else if (!mirror->marks[message->region]) {
        mirror->marks[message->region] = 1;
        *(uint32_t *)vector_push(&mirror->changed) = message->region;
    }
    return mirror->changed.failed ? error_out_of_memory() : NULL;
}

/* ------------------------------------------------------------------------------------------------ views */

struct error *mirror_open(struct mirror *mirror, struct mirror_view *view) {
    view->before = NULL;
    if (!mirror->now) {
        return error_create(ERROR_FORMAT, "the recorder tells of a transaction before it has told its state");
    }
    if (mirror->owner) {
        return snapshot_copy(mirror->now, &view->before);
    }
    mirror->owner = view;
    return NULL;
}

void mirror_close(struct mirror *mirror, struct mirror_view *view) {
    snapshot_destroy(view->before);
    view->before = NULL;
    if (mirror->owner != view) {
        return;
    }
    for (size_t i = 0; i < mirror->changed.count; i++) {
        uint32_t index = *VECTOR_AT(&mirror->changed, uint32_t, i);
        const struct region *region = &mirror->now->regions[index];
        memcpy(mirror->then + region->data, mirror->now->bytes + region->data, region->size);
        mirror->marks[index] = 0;
    }
    vector_clear(&mirror->changed);
    mirror->owner = NULL;
}

static int compare_u32(const void *one, const void *other) {
    uint32_t a = *(const uint32_t *)one;
    uint32_t b = *(const uint32_t *)other;
    return a < b ? -1 : a > b;
}

struct error *mirror_visit(struct mirror *mirror, const struct mirror_view *view, const struct whitelist *whitelist, const struct own_bytes *own,
                           difference_visitor *visitor, void *context) {
    if (view->before) {
        return difference_visit(mirror->plan, whitelist, view->before, mirror->now, own, visitor, context);
    }
    if (mirror->changed.count > 1) {
        qsort(mirror->changed.items, mirror->changed.count, sizeof(uint32_t), compare_u32); /* in order of the walk */
    }
    struct snapshot then = *mirror->now;
    then.bytes = mirror->then;
    return difference_visit_regions(mirror->plan, whitelist, &then, mirror->now, own, mirror->changed.items, mirror->changed.count, visitor, context);
}
