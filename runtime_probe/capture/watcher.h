#ifndef CAPTURE_WATCHER_H
#define CAPTURE_WATCHER_H
/*
 * The recorder mode's side of a transaction: from events that the plugin sees (entries, returns, interrupts, switches, allocations, stores) to
 * messages for the probe. Knows no QEMU. All calls but watcher_store are made under one lock, the caller's.
 */
#include <stdbool.h>
#include <stdint.h>
#include "capture.h"
#include "dirty.h"
#include "spillscope/arch.h"
#include "spillscope/capture_log.h"
#include "spillscope/track.h"
#include "shadow.h"
#include "store_log.h"

#include "spillscope/catalog.h"
#include "spillscope/causes.h"
#include "spillscope/groups.h"
#include "spillscope/sites.h"

enum { WATCHER_CPUS = 64, WATCHER_FILTER_BITS = 12, WATCHER_ARGUMENTS = 6 };

/* One CPU; its own thread alone writes it. */
struct watcher_cpu {
    struct store_log *log; /* of the transactions that run there by themselves; NULL = none */
    uint64_t stack_low;    /* of the running stack: temporary, so stores to it are not noted */
    uint64_t stack_size;
    struct track_stack *stack; /* last seen on; NULL = not known */
    uint64_t page;             /* virtual page that was read last, and how it was found; 0 = none */
    uint64_t page_root;
    struct guest_memory_path page_path;
    uint64_t block_slot; /* of the call in which the running block began, where it has hooks inside */
    bool switching;      /* in the function that changes stacks */
    uint64_t switch_sp;
};

/* What a CPU's registers say at an event. */
struct watcher_place {
    unsigned cpu;
    uint64_t pc;
    uint64_t sp;
    uint64_t root; /* top page table */
    uint64_t link; /* the register with the return address, where the architecture has one */
    uint64_t result;
    uint64_t wide_result; /* with the upper half of one that takes two registers */
    uint64_t arguments[WATCHER_ARGUMENTS];
};

/* A call of an allocator that has not returned yet. */
struct watcher_call {
    uint64_t return_pc;
    uint64_t return_sp;
    uint64_t size;
    const struct site_allocator *allocator;
    struct store_log *log; /* of the caller; NULL = no transaction is open there */
    uint32_t stored;       /* its length at the call */
};

struct watcher {
    const struct image *image;
    const struct arch *arch;
    const struct plan *plan;
    const struct catalog *catalog;
    struct sites *sites;
    struct capture_ring *ring;
    struct capture_ground ground;
    struct allocations allocations;
    struct track track;
    struct capture tasks;
    struct capture *captures; /* one for each kind of transaction, then one for each group */
    struct watcher_cpu cpus[WATCHER_CPUS];
    uint32_t cpu_count;
    struct store_log_pool logs;
    struct causes causes;
    struct groups groups;
    struct vector calls;                       /* struct watcher_call */
    uint16_t filter[1 << WATCHER_FILTER_BITS]; /* how many open calls return to an address with this hash */
    int switching;                             /* CPUs in the switch function */
    uint32_t open;
    uint64_t number; /* of the newest observation */
    bool recording;
    struct open_transaction *spare; /* to be used again */
    struct error *error;            /* raised inside a callback of the track's */
};

static inline unsigned watcher_slot(uint64_t pc) {
    return (unsigned)(pc ^ pc >> WATCHER_FILTER_BITS) & ((1U << WATCHER_FILTER_BITS) - 1);
}

struct watcher_inputs {
    const struct plan *plan;
    const struct catalog *catalog;
    struct sites *sites;
    struct guest_memory *memory;
    struct dirty *dirty;
    struct shadow *shadow;
    struct capture_ring *ring;
    uint32_t cpus;
};
struct error *watcher_init(struct watcher *watcher, const struct watcher_inputs *inputs);
void watcher_deinit(struct watcher *watcher);

/* The CPU stands at the first instruction of a transaction, a deferring function, an allocator, an asynchronous interrupt, the switch function. */
struct error *watcher_enter(struct watcher *watcher, const struct watcher_place *place, const struct catalog_transaction *kind);
/* It stands where a transaction begins otherwise, or at an exit of one that begins so. */
struct error *watcher_enter_place(struct watcher *watcher, const struct watcher_place *place, const struct catalog_place *entry);
struct error *watcher_leave(struct watcher *watcher, const struct watcher_place *place);
struct error *watcher_defer(struct watcher *watcher, const struct watcher_place *place, const struct catalog_deferral *deferral);
struct error *watcher_allocator(struct watcher *watcher, const struct watcher_place *place, const struct site_allocator *allocator);
struct error *watcher_interrupt(struct watcher *watcher, const struct watcher_place *place);
void watcher_switching(struct watcher *watcher, const struct watcher_place *place);
/* It stands where a call may come back, or has left the switch function. */
struct error *watcher_block(struct watcher *watcher, const struct watcher_place *place);

/* A store, by the thread of the CPU, without the lock. `ram` is the offset in the RAM file. */
static inline void watcher_store(struct watcher *watcher, unsigned cpu, uint64_t ram, uint64_t size) {
    struct store_log *log = watcher->cpus[cpu].log;
    for (uint64_t line = ram / DIRTY_LINE; line <= (ram + size - 1) / DIRTY_LINE; line++) {
        dirty_stamp(watcher->ground.dirty, line);
    }
    for (uint64_t done = 0; done < size; done += SHADOW_STORE_MAX) {
        uint32_t step = (uint32_t)(size - done < SHADOW_STORE_MAX ? size - done : SHADOW_STORE_MAX);
        uint32_t changed = shadow_store(watcher->ground.shadow, cpu, ram + done, step);
        if (log) {
            store_log_add(log, (struct store){ram + done, step, changed});
        }
    }
}

#endif
