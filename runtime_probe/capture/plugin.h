#ifndef CAPTURE_PLUGIN_H
#define CAPTURE_PLUGIN_H
/* What the plugin holds while QEMU runs, and how it comes by that: the database, the ELF, guest RAM, and the addresses at which something is asked.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../qemu/guest_cpu.h"
#include "spillscope/slide.h"
#include "watcher.h"

struct ledger; /* ../ledger/ledger.h */

enum hook_role {
    HOOK_PLACE,
    HOOK_TRANSACTION,
    HOOK_EXIT,
    HOOK_DEFERRAL,
    HOOK_ALLOCATOR,
    HOOK_INTERRUPT,
    HOOK_SWITCH,
    HOOK_BEGIN,
    HOOK_END,
    HOOK_LEDGER
};
struct hook {
    uint64_t pc;
    enum hook_role role;
    const void *what; /* the transaction, place, deferral, allocator, or hook of the ledger */
};

/*
 * Which access mask brings the stores of translated code: QEMU 7.2 gives stores alone for "reads", and both for "writes". What helpers of QEMU store
 * comes only for "writes".
 */
enum access_mask { MASK_UNKNOWN, MASK_READ, MASK_WRITE };

struct plugin {
    pthread_mutex_t lock; /* of the watcher and all below but what says otherwise */
    struct capture_ring ring;
    struct store *store;
    struct image *image;
    struct plan *plan;
    struct catalog catalog;
    struct sites sites;
    struct guest_memory *memory;
    struct dirty dirty;
    struct shadow shadow;
    struct watcher watcher;
    struct slide_search slide;
    struct ledger *ledger; /* takes the watcher's place where states are found by where they lie; NULL = the watcher watches */
    struct guest_cpu cpu;
    void *buffer;
    struct hook *hooks; /* sorted by pc */
    size_t hook_count;
    uint64_t switch_low; /* the function that changes stacks; 0 = not known */
    uint64_t switch_high;
    int parameters;       /* argument registers that matter */
    int64_t begin_ns;     /* when the window began */
    int64_t begin_cpu_ns; /* processor time of the thread that began it */
    pthread_t begin_thread;
    bool failed;
    volatile bool active; /* between the window's begin and end; read without the lock */
    volatile enum access_mask mask;
    uintptr_t ram_host; /* where QEMU has mapped the RAM; 0 = not known yet */
    int ram_samples;    /* that agree with it */
    bool ram_slow;      /* they do not: QEMU is asked each time */
};

/* Opens the ELF. The store stays open until plugin_open_inputs has read it. */
struct error *plugin_open_image(struct plugin *plugin);
/* Once the architecture is known. */
struct error *plugin_map_ram(struct plugin *plugin);
struct error *plugin_open_inputs(struct plugin *plugin, uint32_t cpus);
/* Again, when the image has moved. */
struct error *plugin_make_ledger(struct plugin *plugin, uint32_t cpus);
/* All addresses that the catalog, the sites or the ledger ask for, sorted. */
struct error *plugin_make_hooks(struct plugin *plugin);

#endif
