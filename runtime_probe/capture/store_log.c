#include "store_log.h"

#include <sys/mman.h>

struct store_log *store_log_take(struct store_log_pool *pool) {
    struct store_log *log = pool->free;
    if (log) {
        pool->free = log->next;
    } else if (pool->count < sizeof pool->all / sizeof *pool->all) {
        void *memory = mmap(NULL, sizeof *log, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        log = memory == MAP_FAILED ? NULL : memory;
        if (log) {
            pool->all[pool->count++] = log;
        }
    }
    if (log) {
        log->count = 0;
        log->overflow = false;
        log->birth_count = 0;
        log->next = NULL;
    }
    return log;
}

void store_log_give(struct store_log_pool *pool, struct store_log *log) {
    if (log) {
        log->next = pool->free;
        pool->free = log;
    }
}

void store_log_pool_deinit(struct store_log_pool *pool) {
    for (size_t i = 0; i < pool->count; i++) {
        munmap(pool->all[i], sizeof *pool->all[i]);
    }
    *pool = (struct store_log_pool){0};
}

void store_log_born(struct store_log *log, const struct store_range *range, uint32_t before) {
    if (log->birth_count < STORE_BIRTHS_ROOM) {
        log->births[log->birth_count++] = (struct store_birth){*range, before};
    }
}

bool store_log_survives(const struct store_log *log, uint32_t index) {
    const struct store *store = &log->stores[index];
    for (uint32_t i = 0; i < log->birth_count; i++) {
        const struct store_birth *birth = &log->births[i];
        if (index < birth->before && store->ram - birth->range.ram < birth->range.size) {
            return false;
        }
    }
    return true;
}
