#include <stdlib.h>
#include <string.h>

#include "equal_bytes.h"
#include "snapshot_private.h"

enum { SPARES_MAX = 16 };                        /* also of those that the newest is looked for among */
static const uint64_t SPARE_BYTES = 64ULL << 20; /* of all that are kept */

struct snapshot_spares {
    struct snapshot *list[SPARES_MAX]; /* owned; the newest last */
    size_t count;
    uint64_t bytes;                      /* that they have room for */
    struct snapshot *recent[SPARES_MAX]; /* those taken last, spare or in use; the newest last */
    size_t recent_count;
    uint64_t stamp; /* the last one given */
};

struct error *snapshot_spares_create(struct snapshot_spares **out_spares) {
    struct snapshot_spares *spares = calloc(1, sizeof *spares);
    if (!spares) {
        return error_out_of_memory();
    }
    *out_spares = spares;
    return NULL;
}

static void list_remove(struct snapshot **list, size_t *count, size_t at) {
    --*count;
    memmove(list + at, list + at + 1, (*count - at) * sizeof *list);
}

static void recent_remove(struct snapshot_spares *spares, const struct snapshot *snapshot) {
    for (size_t i = 0; i < spares->recent_count; i++) {
        if (spares->recent[i] == snapshot) {
            list_remove(spares->recent, &spares->recent_count, i);
            return;
        }
    }
}

static void spare_free(struct snapshot_spares *spares, struct snapshot *snapshot) {
    recent_remove(spares, snapshot);
    snapshot_free(snapshot);
}

void snapshot_spares_destroy(struct snapshot_spares *spares) {
    for (size_t i = 0; spares && i < spares->count; i++) {
        snapshot_free(spares->list[i]);
    }
    free(spares);
}

/* All but its memory is forgotten. */
static void snapshot_empty(struct snapshot *snapshot) {
    snapshot->count = 0;
    snapshot->byte_count = 0;
    snapshot->unreadable = 0;
    snapshot->ambiguous = 0;
    snapshot->cut = false;
    memset(snapshot->index, 0, snapshot->index_size * sizeof *snapshot->index);
}

static struct snapshot *spares_remove(struct snapshot_spares *spares, size_t at) {
    struct snapshot *snapshot = spares->list[at];
    spares->bytes -= snapshot->byte_capacity;
    list_remove(spares->list, &spares->count, at);
    return snapshot;
}

static struct snapshot *spares_find(struct snapshot_spares *spares, const struct scope *scope) {
    for (size_t i = spares->count; i-- > 0;) {
        if (spares->list[i]->scope == scope) {
            struct snapshot *snapshot = spares_remove(spares, i);
            snapshot_empty(snapshot);
            return snapshot;
        }
    }
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (snapshot) {
        snapshot->spares = spares;
        snapshot->scope = scope;
    }
    return snapshot;
}

/* Gives a snapshot the bytes of another one, with their stamps. */
static bool snapshot_follow(struct snapshot *snapshot, const struct snapshot *model) {
    if (!snapshot_reserve(snapshot, model->byte_count)) {
        return false;
    }
    for (uint64_t block = 0; block * SNAPSHOT_BLOCK < model->byte_count; block++) {
        if (snapshot->stamps[block] != model->stamps[block]) {
            memcpy(snapshot->bytes + block * SNAPSHOT_BLOCK, model->bytes + block * SNAPSHOT_BLOCK, SNAPSHOT_BLOCK);
            snapshot->stamps[block] = model->stamps[block];
        }
    }
    return true;
}

struct snapshot *spares_take(struct snapshot_spares *spares, const struct scope *scope) {
    if (!spares) {
        return calloc(1, sizeof(struct snapshot));
    }
    struct snapshot *snapshot = spares_find(spares, scope);
    for (size_t i = snapshot ? spares->recent_count : 0; i-- > 0;) {
        const struct snapshot *model = spares->recent[i];
        if (model->scope == scope) {
            if (model != snapshot && !snapshot_follow(snapshot, model)) {
                spare_free(spares, snapshot);
                return NULL;
            }
            break;
        }
    }
    if (snapshot) {
        recent_remove(spares, snapshot);
        if (spares->recent_count == SPARES_MAX) {
            list_remove(spares->recent, &spares->recent_count, 0);
        }
        spares->recent[spares->recent_count++] = snapshot;
    }
    return snapshot;
}

void spares_give(struct snapshot_spares *spares, struct snapshot *snapshot) {
    if (snapshot->byte_capacity > SPARE_BYTES || !snapshot->index) {
        spare_free(spares, snapshot);
        return;
    }
    while (spares->count == SPARES_MAX || (spares->count && spares->bytes + snapshot->byte_capacity > SPARE_BYTES)) {
        spare_free(spares, spares_remove(spares, 0));
    }
    spares->bytes += snapshot->byte_capacity;
    spares->list[spares->count++] = snapshot;
}

void snapshot_touch(struct snapshot *snapshot, uint64_t data, uint64_t count) {
    for (uint64_t block = data / SNAPSHOT_BLOCK; snapshot->stamps && count && block <= (data + count - 1) / SNAPSHOT_BLOCK; block++) {
        snapshot->stamps[block] = ++snapshot->spares->stamp;
    }
}

bool snapshot_reserve(struct snapshot *snapshot, uint64_t count) {
    uint64_t old = snapshot->byte_capacity;
    uint64_t capacity = old ? old : 65536;
    while (capacity < count) {
        capacity *= 2;
    }
    if (capacity == old) {
        return true;
    }
    uint8_t *bytes = realloc(snapshot->bytes, capacity);
    if (!bytes) {
        return false;
    }
    snapshot->bytes = bytes;
    if (snapshot->spares) {
        uint64_t *stamps = realloc(snapshot->stamps, capacity / SNAPSHOT_BLOCK * sizeof *stamps);
        if (!stamps) {
            return false;
        }
        snapshot->stamps = stamps;
        memset(bytes + old, 0, capacity - old);
        snapshot_touch(snapshot, old, capacity - old);
    }
    snapshot->byte_capacity = capacity;
    return true;
}

void snapshot_update(struct snapshot *snapshot, uint64_t data, const uint8_t *bytes, uint64_t count) {
    for (uint64_t done = 0; done < count;) {
        done += equal_bytes(snapshot->bytes + data + done, bytes + done, count - done);
        if (done == count) {
            return;
        }
        uint64_t left = SNAPSHOT_BLOCK - (data + done) % SNAPSHOT_BLOCK;
        uint64_t step = left < count - done ? left : count - done;
        memcpy(snapshot->bytes + data + done, bytes + done, step);
        snapshot_touch(snapshot, data + done, step);
        done += step;
    }
}

uint64_t snapshot_same(const struct snapshot *before, const struct region *then, const struct snapshot *after, const struct region *now,
                       uint64_t at) {
    if (!before->stamps || !after->stamps || before->spares != after->spares || then->data != now->data) {
        return 0;
    }
    uint64_t block = (now->data + at) / SNAPSHOT_BLOCK;
    uint64_t end = block;
    while (end * SNAPSHOT_BLOCK < now->data + now->size && before->stamps[end] == after->stamps[end]) {
        end++;
    }
    if (end == block) {
        return 0;
    }
    uint64_t until = end * SNAPSHOT_BLOCK - now->data;
    return (until < now->size ? until : now->size) - at;
}
