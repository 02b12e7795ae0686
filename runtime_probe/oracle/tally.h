#ifndef ORACLE_TALLY_H
#define ORACLE_TALLY_H
/*
 * The truth as it adds up: one line for each (transaction, state key), each function that stored, each place whose target is no known state.
 */
#include "program.h"
#include "spillscope/image.h"
#include "spillscope/store.h"
#include "state_roots.h"

/* What one observed transaction did to one state. */
struct tally_line {
    uint64_t stores;
    uint64_t silent;
    bool changed;
    bool touched; /* a store that was not silent */
    bool client;  /* owner */
    uint64_t pc;  /* first store */
};

struct tally_pair { /* over all observations */
    uint32_t txn;
    uint32_t key;
    uint64_t stores;
    uint64_t silent;
    uint64_t changed;
    uint64_t transient;
    bool client; /* in every observation */
    uint64_t pc;
};

struct tally_unmapped {
    uint32_t txn;
    uint64_t pc;
    uint64_t address;
    uint64_t stores;
    uint64_t bytes;
};

struct tally_code { /* a program counter that stored to lasting state */
    uint32_t txn;
    uint64_t pc;
};

struct tally {
    struct vector pairs;    /* struct tally_pair */
    struct map pair_of;     /* txn << 32 | key -> index */
    struct vector unmapped; /* struct tally_unmapped */
    struct map unmapped_of; /* (txn, pc) -> index */
    struct vector code;     /* struct tally_code */
    struct map code_of;
    struct vector lines;     /* struct tally_line, of the observation at hand */
    struct vector line_keys; /* uint32_t */
    struct map line_of;      /* key -> index */
};

void tally_init(struct tally *tally);
void tally_deinit(struct tally *tally);
bool tally_failed(const struct tally *tally);

/* The line of a key in the observation at hand. */
struct tally_line *tally_line_of(struct tally *tally, uint32_t key);
/* Ends the observation: its lines go to the pairs of `txn`. */
void tally_end(struct tally *tally, uint32_t txn);
void tally_code_add(struct tally *tally, uint32_t txn, uint64_t pc);
void tally_unmapped_add(struct tally *tally, uint32_t txn, uint64_t pc, uint64_t address, uint64_t stores, uint64_t bytes);

/* Writes tables truth, truth_function and unmapped. */
struct error *tally_write(const struct tally *tally, struct store *store, int64_t run, const struct program *program, const struct state_roots *roots,
                          const struct image *image);

#endif
