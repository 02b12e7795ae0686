#include "block_trail.h"

#include <stdlib.h>

static uint64_t trail_slot(uint64_t pc, uint64_t from) {
    return (pc ^ pc >> TRAIL_BITS ^ from * 31) & ((1U << TRAIL_BITS) - 1);
}

const struct block *block_table_get(struct block_table *table, uint64_t pc, uint64_t last, uint32_t bytes) {
    struct block **slot = &table->slots[trail_slot(pc, 0)];
    struct block *block = *slot;
    while (block && (block->pc != pc || block->bytes != bytes || block->last != last)) {
        block = block->next;
    }
    if (!block && (block = malloc(sizeof *block))) {
        *block = (struct block){.next = *slot, .pc = pc, .last = last, .bytes = bytes};
        *slot = block;
    }
    return block;
}

void block_trail_forget(struct block_trail *trail) {
    trail->epoch++;
}

uint64_t block_trail_step(struct block_trail *trail, const struct block *block) {
    uint64_t from = trail->last;
    trail->last = block->last;
    return from;
}

bool block_trail_tell(struct block_trail *trail, const struct block *block, uint64_t from) {
    uint64_t slot = trail_slot(block->pc, from);
    if (trail->when[slot] == trail->epoch && trail->pc[slot] == block->pc && trail->from[slot] == from && trail->epoch) {
        return false;
    }
    trail->epoch += trail->epoch == 0;
    trail->when[slot] = trail->epoch;
    trail->pc[slot] = block->pc;
    trail->from[slot] = from;
    return true;
}
