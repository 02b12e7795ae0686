#include "watcher_messages.h"

#include <string.h>

static void send_pieces(struct capture_ring *ring, const void *bytes, uint64_t count) {
    uint64_t room = ring->size / 4;
    for (uint64_t done = 0; done < count;) {
        uint64_t step = count - done < room ? count - done : room;
        struct capture_message *message = capture_ring_reserve(ring, CAPTURE_PIECE, sizeof *message + step);
        memcpy(message + 1, (const uint8_t *)bytes + done, step);
        capture_ring_commit(ring);
        done += step;
    }
}

void send_snapshot(struct watcher *watcher, uint32_t transaction, const struct snapshot *snapshot) {
    struct capture_snapshot *message = capture_ring_reserve(watcher->ring, CAPTURE_SNAPSHOT, sizeof *message);
    message->transaction = transaction;
    message->regions = snapshot->count;
    message->bytes = snapshot->byte_count;
    message->serial = snapshot->serial;
    message->unreadable = snapshot->unreadable;
    message->ambiguous = snapshot->ambiguous;
    message->cut = snapshot->cut;
    message->reserved = 0;
    capture_ring_commit(watcher->ring);
    send_pieces(watcher->ring, snapshot->regions, (uint64_t)snapshot->count * sizeof *snapshot->regions);
    send_pieces(watcher->ring, snapshot->bytes, snapshot->byte_count);
}

void send_changes(struct watcher *watcher, uint32_t transaction, const struct capture *capture) {
    for (size_t i = 0; i < capture->changes.count; i++) {
        const struct capture_change *change = VECTOR_AT(&capture->changes, struct capture_change, i);
        struct capture_patch *message = capture_ring_reserve(watcher->ring, CAPTURE_PATCH, sizeof *message + change->count);
        message->transaction = transaction;
        message->region = change->region;
        message->offset = change->offset;
        message->count = change->count;
        memcpy(message->bytes, capture->now->bytes + capture->now->regions[change->region].data + change->offset, change->count);
        capture_ring_commit(watcher->ring);
    }
}

struct own_ranges {
    struct watcher *watcher;
    bool kept;
    struct vector ranges; /* struct capture_range */
};

static void own_add(void *context, uint32_t region, uint64_t offset, uint64_t count) {
    struct own_ranges *own = context;
    struct capture_range *last = own->ranges.count ? VECTOR_AT(&own->ranges, struct capture_range, own->ranges.count - 1) : NULL;
    if (last && last->region == region && last->kept == own->kept && offset >= last->offset && offset <= last->offset + last->count) {
        uint64_t end = offset + count;
        last->count = end > last->offset + last->count ? end - last->offset : last->count;
        return;
    }
    *(struct capture_range *)vector_push(&own->ranges) =
        (struct capture_range){.region = region, .kept = own->kept, .offset = offset, .count = count};
}

/* The bytes of one store: runs that it changed, and runs that it kept. */
static void own_add_store(struct own_ranges *own, const struct capture *capture, const struct store *store) {
    for (uint32_t from = 0, to = 0; from < store->size; from = to) {
        const uint32_t changed = store->changed >> from & 1;
        for (to = from + 1; to < store->size && (store->changed >> to & 1) == changed; to++) {
        }
        own->kept = !changed;
        capture_find(capture, store->ram + from, to - from, own_add, own);
    }
}

/* Which of the captured bytes the transaction stored to. */
struct error *send_own(struct watcher *watcher, const struct open_transaction *open) {
    const struct capture *capture = &watcher->captures[open->kind - watcher->catalog->transactions];
    struct own_ranges own = {.watcher = watcher, .ranges = VECTOR_OF(struct capture_range)};
    for (uint32_t i = open->log_start; open->log && i < open->log->count; i++) {
        if (store_log_survives(open->log, i)) {
            own_add_store(&own, capture, &open->log->stores[i]);
        }
    }
    bool failed = own.ranges.failed;
    size_t room = (watcher->ring->size / 4 - sizeof(struct capture_own)) / sizeof(struct capture_range);
    for (size_t done = 0; done < own.ranges.count;) {
        size_t step = own.ranges.count - done < room ? own.ranges.count - done : room;
        struct capture_own *message = capture_ring_reserve(watcher->ring, CAPTURE_OWN, sizeof *message + step * sizeof *message->ranges);
        message->count = (uint32_t)step;
        message->reserved = 0;
        memcpy(message->ranges, VECTOR_AT(&own.ranges, struct capture_range, done), step * sizeof *message->ranges);
        capture_ring_commit(watcher->ring);
        done += step;
    }
    vector_deinit(&own.ranges);
    return failed ? error_out_of_memory() : NULL;
}

void send_leave(struct watcher *watcher, const struct open_transaction *open, bool killed, uint64_t result) {
    struct capture_leave *message = capture_ring_reserve(watcher->ring, CAPTURE_LEAVE, sizeof *message);
    message->number = open->number;
    message->transaction = (uint32_t)(open->kind - watcher->catalog->transactions);
    message->killed = killed;
    message->disturbed = open->disturbed ? open->log && !open->log->overflow ? 1 : 2 : 0;
    message->overlapped = open->overlapped;
    message->whole = open->whole;
    message->reserved = 0;
    message->result = result;
    capture_ring_commit(watcher->ring);
}

void send_enter(struct watcher *watcher, const struct open_transaction *open, const struct watcher_place *place, const struct track_stack *stack,
                uint64_t parent, uint64_t cause, const char *client) {
    size_t length = strlen(stack->name) + 1;
    size_t client_length = client ? strlen(client) + 1 : 0;
    struct capture_enter *message = capture_ring_reserve(watcher->ring, CAPTURE_ENTER, sizeof *message + length + client_length);
    message->transaction = (uint32_t)(open->kind - watcher->catalog->transactions);
    message->cpu = place->cpu;
    message->number = open->number;
    message->parent = parent;
    message->cause = cause;
    message->group = open->group;
    message->stack = stack->low;
    message->named = (uint32_t)length;
    message->client = (uint32_t)client_length;
    memcpy(message->name, stack->name, length);
    if (client) {
        memcpy(message->name + length, client, client_length);
    }
    capture_ring_commit(watcher->ring);
}

void send_group(struct watcher *watcher, const struct open_transaction *open, enum group_event event) {
    struct capture_group *message = capture_ring_reserve(watcher->ring, CAPTURE_GROUP, sizeof *message);
    message->number = open->group;
    message->group = open->kind->group - 1;
    message->event = (uint32_t)event;
    capture_ring_commit(watcher->ring);
}

void send_defer(struct watcher *watcher, const struct open_transaction *open) {
    struct capture_defer *message = capture_ring_reserve(watcher->ring, CAPTURE_DEFER, sizeof *message);
    message->number = open->number;
    capture_ring_commit(watcher->ring);
}
