#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H
/*
 * The recorder mode for kernels whose heap no graph of typed pointers leads through (Linux): every store is noted for the transactions that
 * run on its processor, and what is left of it at their exit is named by where it lies, not by how it is reached. Transactions
 * are followed by task: the running task's structure is its chain of calls, wherever its stack lies.
 *
 * Knows no QEMU. All calls but ledger_store are made under one lock, the caller's.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "block_names.h"
#include "heap_map.h"
#include "kernel_layout.h"
#include "spillscope/scope.h"

#include "spillscope/catalog.h"
#include "spillscope/objects_layout.h"
#include "ledger_hooks.h"

enum { LEDGER_ARGUMENTS = 6, LEDGER_FILTER_BITS = 12 };

/* What a processor's registers say at an event. */
struct ledger_place {
    uint32_t cpu;
    uint64_t pc;
    uint64_t sp;
    uint64_t root; /* top page table */
    uint64_t result;
    uint64_t arguments[LEDGER_ARGUMENTS];
};

/* Eight bytes that a transaction stored to. */
struct ledger_word {
    uint64_t ram;
    uint64_t before;  /* at the entry; in memory that was given away anew since then: when it first stored there */
    uint64_t flipped; /* bits that its stores changed */
    uint32_t block;   /* heap block there at the time */
    uint8_t stored;   /* bytes, bit 0 = lowest */
    bool user;        /* stored through an address of the user's */
};

struct ledger_transaction {
    const struct catalog_transaction *kind;
    uint64_t number; /* from 1 */
    uint64_t born;
    uint64_t parent;     /* number, 0 = none */
    struct vector words; /* struct ledger_word */
    struct map word_of;  /* RAM offset -> index of `words` */
    struct map touched;  /* RAM offset -> what was there at the entry, of words that others stored to */
    bool overlapped;
};

enum ledger_frame_kind { LEDGER_TRANSACTION, LEDGER_ALLOCATOR, LEDGER_INTERRUPT };
struct ledger_frame {
    enum ledger_frame_kind kind;
    uint64_t slot; /* stack pointer at entry */
    uint64_t return_pc;
    uint64_t return_sp;
    uint64_t when;
    struct ledger_transaction *transaction; /* owned */
    const struct ledger_allocator *allocator;
    uint64_t arguments[LEDGER_ARGUMENTS];
    uint64_t size;  /* of what is allocated */
    uint32_t block; /* that is freed: gone when the call has ended, so that what its memory is used for meanwhile (free lists) is not its page's */
};

/* The calls that one task has under way. */
struct ledger_chain {
    uint64_t task;        /* address of its structure; 0 = what runs before tasks are known */
    struct vector frames; /* struct ledger_frame */
};

struct ledger_cpu {
    struct ledger_chain *chain;
    bool running; /* a transaction of it runs now: stores are its own */
    bool switching;
    uint64_t switch_return;
};

/* One changed leaf of a transaction that ends. Strings live as long as the call. */
struct ledger_change {
    const char *key;
    const char *instance;
    const char *old_value; /* NULL: the object is new */
    const char *new_value;
    uint64_t bytes;
    bool whitelisted;
};
struct ledger_sink {
    void *context;
    void (*enter)(void *context, const struct ledger_transaction *transaction, uint32_t transaction_index, uint32_t cpu, const char *task);
    void (*change)(void *context, const struct ledger_transaction *transaction, const struct ledger_change *change);
    void (*leave)(void *context, const struct ledger_transaction *transaction, uint32_t transaction_index, bool killed, uint64_t result);
};

struct ledger {
    struct image *image; /* its loadable objects are placed as they come and go */
    const struct catalog *catalog;
    struct guest_memory *memory;
    struct kernel_layout layout;
    struct ledger_hooks hooks;
    struct objects_layout objects; /* where the kernel's list of loaded objects is */
    struct heap_map heap;
    struct block_names names;
    struct ledger_sink sink;
    struct vector chains; /* struct ledger_chain *, owned */
    struct ledger_cpu cpus[LAYOUT_PROCESSORS];
    uint32_t cpu_count;
    uint32_t filter[1 << LEDGER_FILTER_BITS]; /* how many frames return to an address with this hash */
    uint8_t *shadow;                          /* of all RAM, as of the newest store */
    uint64_t moment;                          /* counts events */
    uint64_t number;                          /* of the newest transaction */
    uint64_t ended;
    uint64_t unplaced;  /* bytes stored to no known memory */
    uint32_t switching; /* processors in the switch function */
    bool recording;
    struct vector open;     /* struct ledger_transaction *: all that have begun and not ended */
    pthread_mutex_t stores; /* of `open`, of what stores note in transactions, and of changes of the heap map, which they read; taken last */
};

static inline unsigned ledger_slot(uint64_t pc) {
    return (unsigned)(pc ^ pc >> LEDGER_FILTER_BITS) & ((1U << LEDGER_FILTER_BITS) - 1);
}

struct ledger_inputs {
    struct store *store; /* needed during the call only */
    struct image *image;
    const struct catalog *catalog;
    struct guest_memory *memory; /* mapped RAM */
    struct ledger_sink sink;
    uint32_t cpus;
};
struct error *ledger_create(const struct ledger_inputs *inputs, struct ledger **out_ledger);
void ledger_destroy(struct ledger *ledger); /* NULL is fine */

/* The window begins; page tables of the processor at hand are known to the memory. */
struct error *ledger_begin(struct ledger *ledger);

/* The processor stands at a hooked address. */
struct error *ledger_hooked(struct ledger *ledger, const struct ledger_place *place, const struct ledger_hook *hook);
/* It stands at the beginning of some other block, where a call may come back: asked for addresses with a filter, or while it switches tasks. */
struct error *ledger_block(struct ledger *ledger, const struct ledger_place *place);

/* What was stored at the place of a new block before its allocator gave it away (zeroes) was stored to that block. HEAP_MAP_NONE does nothing. Under
 * `stores`. */
void ledger_adopt(struct ledger *ledger, uint32_t block);
/* A store, after it was made, by the thread of the processor. It lies within RAM. */
void ledger_store(struct ledger *ledger, uint32_t cpu, uint64_t ram, uint64_t size, bool user);

/* Tells the sink of all that a transaction changed and that is left (leaf_changes.c). */
void ledger_tell_changes(struct ledger *ledger, const struct ledger_transaction *transaction);

#endif
