#include "store_watch.h"

#include <stdlib.h>
#include <string.h>

/* Stops at one stretch before it is given up; how often that may happen to a kind of transactions before it is not tried any more; most stretches. */
enum { STRETCH_STOPS = 16, STRETCH_TRIES = 2, STRETCHES = 768, LONGEST = 1 << 20 };

struct error *store_spans_cache_init(struct store_spans_cache *cache, uint32_t kinds, uint32_t shapes) {
    size_t count = (size_t)kinds * shapes;
    *cache = (struct store_spans_cache){.kinds = kinds, .shapes = shapes};
    cache->of = calloc(count ? count : 1, sizeof(struct store_spans *));
    cache->busy = calloc(count ? count : 1, STORE_SPANS);
    if (!cache->of || !cache->busy) {
        store_spans_cache_deinit(cache);
        return error_out_of_memory();
    }
    return NULL;
}

void store_spans_cache_deinit(struct store_spans_cache *cache) {
    for (size_t i = 0; cache->of && i < (size_t)cache->kinds * cache->shapes; i++) {
        free(cache->of[i]);
    }
    free(cache->of);
    free(cache->busy);
    *cache = (struct store_spans_cache){0};
}

static struct error *cache_find(const struct store_watch_place *place, uint32_t shape, struct store_spans **out_spans) {
    struct store_spans **at = &place->cache->of[(size_t)place->kind * place->cache->shapes + shape];
    if (!*at) {
        struct store_spans *spans = calloc(1, sizeof *spans);
        struct error *error =
            spans ? store_spans_find(place->plan, place->whitelist, shape, place->plan->shapes[shape].size, spans) : error_out_of_memory();
        if (error) {
            free(spans);
            return error;
        }
        *at = spans;
    }
    *out_spans = *at;
    return NULL;
}

void store_watch_destroy(struct store_watch *watch) {
    if (watch) {
        free(watch->list);
        free(watch->bytes);
        free(watch);
    }
}

/* Adds the stretches of one object. */
static struct error *watch_add(struct store_watch *watch, const struct store_watch_place *place, const struct region *region) {
    struct store_spans *spans = NULL;
    if (region->size == 0 || region->stack || region->size != place->plan->shapes[region->shape].size) {
        return NULL;
    }
    struct error *error = cache_find(place, region->shape, &spans);
    if (error) {
        return error;
    }
    uint8_t *busy = place->cache->busy + ((size_t)place->kind * place->cache->shapes + region->shape) * STORE_SPANS;
    for (uint32_t i = 0; i < spans->count && watch->count < STRETCHES; i++) {
        const struct store_span *span = &spans->list[i];
        if (busy[i] < STRETCH_TRIES && span->length <= LONGEST) {
            watch->list[watch->count++] = (struct store_stretch){
                .region = *region, .offset = span->offset, .length = (uint32_t)span->length, .busy = &busy[i], .leaf = span->leaf, .known = true};
        }
    }
    return NULL;
}

/* Room for copies of what the stretches hold. */
static bool watch_reserve(struct store_watch *watch) {
    uint64_t total = 0;
    for (uint32_t i = 0; i < watch->count; i++) {
        watch->list[i].data = total;
        total += watch->list[i].length;
    }
    watch->bytes = malloc(total ? total : 1);
    return watch->bytes != NULL;
}

struct error *store_watch_create(const struct store_watch_place *place, const struct snapshot *entry, struct store_watch **out_watch) {
    struct store_watch *watch = calloc(1, sizeof *watch);
    struct error *error = NULL;
    if (watch) {
        watch->list = calloc(STRETCHES, sizeof *watch->list);
    }
    if (!watch || !watch->list) {
        store_watch_destroy(watch);
        return error_out_of_memory();
    }
    for (uint32_t i = 0; !error && i < entry->count; i++) {
        error = watch_add(watch, place, &entry->regions[i]);
    }
    if (!error && !watch_reserve(watch)) {
        error = error_out_of_memory();
    }
    if (error) {
        store_watch_destroy(watch);
        return error;
    }
    *out_watch = watch;
    return NULL;
}

static struct error *stretch_clear(struct store_stretch *stretch, struct points *points, bool set) {
    stretch->done = true;
    return set ? points_remove(points, SESSION_WATCH_WRITE, stretch->region.address + stretch->offset, stretch->length) : NULL;
}

static struct error *stretch_give_up(struct store_stretch *stretch, struct points *points, bool set) {
    stretch->known = false;
    return stretch->done ? NULL : stretch_clear(stretch, points, set);
}

struct error *store_watch_give_up(struct store_watch *watch, struct points *points) {
    struct error *error = NULL;
    for (uint32_t i = 0; !error && i < watch->count; i++) {
        error = stretch_give_up(&watch->list[i], points, watch->set);
    }
    return error;
}

/* Bytes that a stop asks about; low == 0: all. */
struct question {
    uint64_t low;
    uint64_t high;
};

static bool stretch_asked(const struct store_stretch *stretch, const struct question *question) {
    uint64_t low = stretch->region.address + stretch->offset;
    return !stretch->done && (question->low == 0 || (low < question->high && question->low < low + stretch->length));
}

/* A store to bytes of several stretches is told of one of them. */
static struct question watch_question(const struct store_watch *watch, uint64_t address) {
    struct question question = {.low = address, .high = address};
    for (uint32_t i = 0; address != 0 && i < watch->count; i++) {
        const struct store_stretch *stretch = &watch->list[i];
        if (stretch->region.address + stretch->offset == address && address + stretch->length > question.high) {
            question.high = address + stretch->length;
        }
    }
    return question;
}

/* What the stretches hold now, into `fresh`, which is laid out as their copies are; *out_valid by stretch. */
static struct error *watch_read(struct store_watch *watch, struct points *points, uint8_t *fresh, const struct question *question) {
    struct session_read *reads SCOPE_FREE = calloc(watch->count ? watch->count : 1, sizeof *reads);
    size_t count = 0;
    if (!reads) {
        return error_out_of_memory();
    }
    for (uint32_t i = 0; i < watch->count; i++) {
        const struct store_stretch *stretch = &watch->list[i];
        if (stretch_asked(stretch, question)) {
            reads[count++] = (struct session_read){
                .address = stretch->region.address + stretch->offset, .buffer = fresh + stretch->data, .count = stretch->length};
        }
    }
    struct error *error = guest_memory_read_many(points->guest->memory, reads, count);
    for (uint32_t i = 0, k = 0; !error && i < watch->count; i++) {
        struct store_stretch *stretch = &watch->list[i];
        if (stretch_asked(stretch, question) && !reads[k++].valid) {
            error = stretch_give_up(stretch, points, watch->set);
        }
    }
    return error;
}

static uint64_t watch_size(const struct store_watch *watch) {
    const struct store_stretch *last = watch->count ? &watch->list[watch->count - 1] : NULL;
    return last ? last->data + last->length : 0;
}

struct error *store_watch_begin(struct store_watch *watch, struct points *points, const struct snapshot *now) {
    struct error *error = NULL;
    for (uint32_t i = 0; !error && !watch->set && i < watch->count; i++) {
        struct store_stretch *stretch = &watch->list[i];
        const struct region *region = stretch->done ? NULL : snapshot_find(now, stretch->region.address, stretch->region.shape);
        if (region && region->size == stretch->region.size) {
            memcpy(watch->bytes + stretch->data, now->bytes + region->data + stretch->offset, stretch->length);
            error = points_add(points, SESSION_WATCH_WRITE, stretch->region.address + stretch->offset, stretch->length);
        } else {
            error = stretch_give_up(stretch, points, false); /* nothing leads there any more */
        }
    }
    watch->set = true;
    return error;
}

struct error *store_watch_end(struct store_watch *watch, struct points *points) {
    struct error *error = NULL;
    for (uint32_t i = 0; !error && watch->set && i < watch->count; i++) {
        const struct store_stretch *stretch = &watch->list[i];
        if (!stretch->done) {
            error = points_remove(points, SESSION_WATCH_WRITE, stretch->region.address + stretch->offset, stretch->length);
        }
    }
    watch->set = false;
    return error;
}

/* Marks the bytes that the stretch has changed. */
static struct error *stretch_look(struct store_stretch *stretch, uint8_t *copy, const uint8_t *now, struct own_bytes *own, bool *out_changed) {
    struct error *error = NULL;
    for (uint32_t i = 0; !error && i < stretch->length; i++) {
        if (copy[i] != now[i]) {
            error = own_bytes_mark(own, &stretch->region, stretch->offset + i, 1);
            *out_changed = true;
        }
    }
    memcpy(copy, now, stretch->length);
    return error;
}

struct error *store_watch_look(struct store_watch *watch, struct points *points, uint64_t address, struct own_bytes *own) {
    uint8_t *fresh SCOPE_FREE = malloc(watch_size(watch) + 1);
    struct question question = watch_question(watch, address);
    struct error *error = fresh ? watch_read(watch, points, fresh, &question) : error_out_of_memory();
    for (uint32_t i = 0; !error && i < watch->count; i++) {
        struct store_stretch *stretch = &watch->list[i];
        bool changed = false;
        if (!stretch_asked(stretch, &question)) {
            continue;
        }
        error = stretch_look(stretch, watch->bytes + stretch->data, fresh + stretch->data, own, &changed);
        if (!error && changed && stretch->leaf) {
            error = stretch_give_up(stretch, points, watch->set); /* its other bytes are as open as without a watchpoint */
        } else if (!error && (changed || address != 0) && ++stretch->stops >= STRETCH_STOPS) {
            ++*stretch->busy;
            error = stretch_give_up(stretch, points, watch->set);
        }
    }
    return error;
}

struct error *store_watch_tell(const struct store_watch *watch, struct own_bytes *own) {
    struct error *error = NULL;
    for (uint32_t i = 0; !error && i < watch->count; i++) {
        const struct store_stretch *stretch = &watch->list[i];
        if (stretch->known) {
            error = own_bytes_know(own, &stretch->region, stretch->offset, stretch->length);
        }
    }
    return error;
}
