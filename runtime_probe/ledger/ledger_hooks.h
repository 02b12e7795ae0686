#ifndef LEDGER_LEDGER_HOOKS_H
#define LEDGER_LEDGER_HOOKS_H
/*
 * Where the guest has to be watched: entries of transactions with their wrappers, allocators with what their arguments mean ([allocator] and
 * [watch]), interrupts, the switch function and where new tasks begin.
 */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/collection.h"
#include "spillscope/image.h"
#include "spillscope/store.h"

#include "spillscope/catalog.h"
#include "spillscope/objects_layout.h"

enum ledger_role {
    LEDGER_HOOK_FRESH,
    LEDGER_HOOK_TRANSACTION,
    LEDGER_HOOK_ALLOCATOR,
    LEDGER_HOOK_INTERRUPT,
    LEDGER_HOOK_SWITCH,
    LEDGER_HOOK_LOAD,   /* an object was loaded: the kernel's list has another one more */
    LEDGER_HOOK_UNLOAD, /* the one whose record is the first argument goes */
    LEDGER_HOOK_END,
    LEDGER_HOOK_BEGIN
};

struct ledger_hook {
    uint64_t pc; /* of a loadable object: its home address */
    enum ledger_role role;
    uint32_t what; /* index of the transaction or allocator; interrupts: bytes that lie above the frame */
};

enum ledger_effect { LEDGER_ALLOCATES, LEDGER_ALLOCATES_PAGES, LEDGER_ALLOCATES_PERCPU, LEDGER_ALLOCATES_MANY, LEDGER_REALLOCATES, LEDGER_FREES };

/* Arguments count from 0; -1 = none. */
struct ledger_allocator {
    const char *name;
    enum ledger_effect effect;
    int size;
    int count;
    int order;
    int pointer;          /* what is freed; of many: the array that they are put in */
    int size_record;      /* argument that points to a record with the size ... */
    uint64_t size_offset; /* ... here */
    bool handle;          /* pages are named by their records */
};

struct ledger_hooks {
    struct vector hooks;      /* struct ledger_hook, sorted by address, then role */
    struct vector allocators; /* struct ledger_allocator */
    struct strings strings;
    uint64_t switch_low;
    uint64_t switch_high;
    struct vector fresh;       /* uint64_t */
    struct vector stack_names; /* uint32_t: numbers of roots of objects that are stacks */
    struct vector entities;    /* int64_t: entity of each function of the image, 0 = none */
};

struct error *ledger_hooks_load(struct store *store, const struct image *image, const struct catalog *catalog, const struct objects_events *events,
                                struct ledger_hooks *out_hooks);
void ledger_hooks_deinit(struct ledger_hooks *hooks);

/* Is the function that holds this address part of the entity? */
bool ledger_hooks_inside(const struct ledger_hooks *hooks, const struct image *image, uint64_t pc, int64_t entity);

#endif
