#ifndef CAPTURE_DIRTY_H
#define CAPTURE_DIRTY_H
/*
 * When each line of guest RAM was stored to last, in epochs that the captures count: a capture looks again only at lines stamped since its own
 * last look. Who stores does not wait for anybody.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIRTY_LINE = 64, DIRTY_RECENT = 1 << 16 };

struct dirty {
    _Atomic uint32_t *stamps; /* one a line */
    uint64_t lines;
    _Atomic uint32_t epoch;
    bool alone;                    /* one CPU: who looks and who stores never run at the same time */
    uint64_t count;                /* of lines that were stamped with a new epoch; alone only */
    uint32_t recent[DIRTY_RECENT]; /* the last of these lines */
};

bool dirty_init(struct dirty *dirty, uint64_t ram_size, bool alone);
void dirty_deinit(struct dirty *dirty);

/* A new epoch: what is stored from now on is stamped with it, or is seen by a look that follows. */
static inline uint32_t dirty_look(struct dirty *dirty) {
    return atomic_fetch_add_explicit(&dirty->epoch, 1, memory_order_seq_cst) + 1;
}

static inline void dirty_stamp(struct dirty *dirty, uint64_t line) {
    uint32_t epoch = atomic_load_explicit(&dirty->epoch, memory_order_relaxed);
    if (dirty->alone) {
        if (atomic_load_explicit(&dirty->stamps[line], memory_order_relaxed) != epoch) {
            atomic_store_explicit(&dirty->stamps[line], epoch, memory_order_relaxed);
            dirty->recent[dirty->count++ % DIRTY_RECENT] = (uint32_t)line;
        }
        return;
    }
    /* A look that began meanwhile has either seen this stamp, or the new epoch is seen here and stamped. */
    uint32_t seen = epoch;
    do {
        epoch = seen;
        atomic_exchange_explicit(&dirty->stamps[line], epoch, memory_order_seq_cst);
        seen = atomic_load_explicit(&dirty->epoch, memory_order_seq_cst);
    } while (seen != epoch);
}

/* Was the line stored to in this epoch or later? */
static inline bool dirty_since(const struct dirty *dirty, uint64_t line, uint32_t epoch) {
    return (int32_t)(atomic_load_explicit(&dirty->stamps[line], memory_order_relaxed) - epoch) >= 0;
}

#endif
