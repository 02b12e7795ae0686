#ifndef ORACLE_OBSERVATION_H
#define ORACLE_OBSERVATION_H
/*
 * A transaction under way: which words it stored to itself, and what all touched words held when it began. Its end compares.
 */
#include "spillscope/collection.h"
#include "spillscope/record_log.h"
#include "spillscope/store.h"
#include "program.h"

struct judge;

/* A naturally aligned 8-byte word of physical memory that the transaction itself stored to. */
struct own_word {
    uint64_t physical;
    uint32_t object;    /* heap object there at the time; HEAP_NONE */
    bool user;          /* stored through an address that the user can access */
    uint8_t stored;     /* bytes stored to, bit 0 = lowest */
    uint64_t flipped;   /* bits that its own stores changed */
    uint32_t stores[8]; /* by byte */
    uint32_t silent[8];
    uint64_t pc[8]; /* first store to each byte */
};

struct observation {
    uint32_t txn;
    size_t history;         /* index in observations.history */
    size_t place;           /* index in observations.active */
    uint64_t began;         /* sequence number */
    struct map touched;     /* word -> value at entry */
    struct map own;         /* word -> index in words */
    struct own_word *words; /* owned */
    size_t word_count;
    size_t word_capacity;
};

/* What table observation gets. */
struct observed {
    uint32_t txn;
    unsigned cpu;
    int64_t result;
    bool complete;
    bool whole;       /* it is the call of a function, which gives a result */
    size_t parent;    /* index in the history, plus 1, of the transaction that encloses it; 0 = none */
    size_t caused_by; /* the same of the one that queued it */
};

struct observations {
    struct observation *all; /* owned; slots are reused */
    size_t count;
    size_t capacity;
    struct vector active;  /* uint32_t: those under way */
    struct vector unused;  /* uint32_t: slots */
    struct vector history; /* struct observed, in order of entry */
    uint64_t user_page;    /* the page that was last looked up: its root and whether the user can access it */
    uint64_t user_root;
    bool user_access;
    bool failed;
};

void observations_init(struct observations *observations);
void observations_deinit(struct observations *observations);

uint32_t observation_start(struct observations *observations, uint32_t txn, unsigned cpu, uint64_t sequence);
/* What the one that was started last gets in the table; valid until the next start. */
struct observed *observations_newest(struct observations *observations);
void observation_drop(struct observations *observations, uint32_t index);
/* A store: the words' old values go to every transaction under way, its own bytes to those that made it; then memory changes. */
void observation_store(struct judge *judge, const struct record_store *store);
/* What was stored at this place before an allocator gave the object away (zeroes), to no known memory or to the pages around it, was stored to that
 * object. */
void observations_adopt(struct judge *judge, uint32_t object);
/* Compares and tallies. */
void observation_finish(struct judge *judge, uint32_t index, const struct record_leave *leave);
/* How many kinds of transactions ran from entry to exit, of `count` that there are. */
size_t observations_distinct(const struct observations *observations, size_t count);
/* Fills table observation. */
struct error *observations_write(const struct observations *observations, struct store *store, int64_t run, const struct program *program);

#endif
