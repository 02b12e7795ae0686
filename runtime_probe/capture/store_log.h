#ifndef CAPTURE_STORE_LOG_H
#define CAPTURE_STORE_LOG_H
/*
 * What one task stored to while transactions ran on its stack, in order, in guest RAM. Written in the callback of every store, so its
 * room is fixed; one that overflows says so. Objects that any task allocates meanwhile are noted beside: what was stored to their memory before
 * went to something that is gone. Births without room are left out, which may tell too much as own, never too little.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STORE_LOG_ROOM = 1 << 18, STORE_BIRTHS_ROOM = 1 << 12 };

struct store_range {
    uint64_t ram; /* offset in the RAM file */
    uint64_t size;
};

struct store {
    uint64_t ram;
    uint32_t size;    /* at most 32 bytes */
    uint32_t changed; /* which of them it changed, bit 0 the first; the others it kept as they were */
};

struct store_birth {
    struct store_range range;
    uint32_t before; /* the first store that may have gone to the new object */
};

struct store_log {
    struct store_log *next; /* in the pool */
    uint32_t count;
    bool overflow;
    uint32_t birth_count;
    struct store_birth births[STORE_BIRTHS_ROOM];
    struct store stores[STORE_LOG_ROOM]; /* only what was used takes memory */
};

/* Logs that are not in use; they are never given back before the end, so a store that comes late harms nothing. */
struct store_log_pool {
    struct store_log *free;
    struct store_log *all[256];
    size_t count;
};

struct store_log *store_log_take(struct store_log_pool *pool); /* NULL = no memory */
void store_log_give(struct store_log_pool *pool, struct store_log *log);
void store_log_pool_deinit(struct store_log_pool *pool);

/* An object was allocated there; stores from the `before`th on may have gone to it. */
void store_log_born(struct store_log *log, const struct store_range *range, uint32_t before);
/* Did the store go to what lies there now? */
bool store_log_survives(const struct store_log *log, uint32_t index);

static inline void store_log_add(struct store_log *log, struct store store) {
    uint32_t count = log->count;
    if (count < STORE_LOG_ROOM) {
        log->stores[count] = store;
        log->count = count + 1;
    } else {
        log->overflow = true;
    }
}

#endif
