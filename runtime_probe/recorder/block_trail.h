#ifndef RECORDER_BLOCK_TRAIL_H
#define RECORDER_BLOCK_TRAIL_H
/* Which code runs between two boundaries of a CPU: each block is told once for each instruction that it is reached from. */
#include <stdbool.h>
#include <stdint.h>

enum { TRAIL_BITS = 13 };

/* A translated block. They stay: QEMU may run one while it translates it anew. */
struct block {
    struct block *next; /* with the same hash */
    uint64_t pc;
    uint64_t last; /* its last instruction */
    uint32_t bytes;
};

/* All blocks that were translated. Empty when it is all zeros. */
struct block_table {
    struct block *slots[1 << TRAIL_BITS];
};

/* The block of this extent, a new one where there is none yet; NULL when memory is short. */
const struct block *block_table_get(struct block_table *table, uint64_t pc, uint64_t last, uint32_t bytes);

/* What was told of a CPU since its last boundary: (from, block) by hash. Empty when it is all zeros. */
struct block_trail {
    uint64_t epoch;
    uint64_t from[1 << TRAIL_BITS];
    uint64_t pc[1 << TRAIL_BITS];
    uint64_t when[1 << TRAIL_BITS]; /* epoch */
    uint64_t last;                  /* instruction that ran before */
};

/* A boundary: what runs from here on is told anew. */
void block_trail_forget(struct block_trail *trail);
/* The block runs now: the instruction that ran before it. */
uint64_t block_trail_step(struct block_trail *trail, const struct block *block);
/* Notes that the block is told as reached from there; false when it was told before. */
bool block_trail_tell(struct block_trail *trail, const struct block *block, uint64_t from);

#endif
