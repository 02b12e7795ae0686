#include <string.h>
#include "ledger.h"

enum { WORD = 8, ADOPTED_BYTES_MAX = 1 << 16 };

/* A store to one word. */
struct word_store {
    uint64_t ram;
    uint64_t old;
    uint64_t now;
    uint8_t stored; /* bytes, bit 0 = lowest */
    uint32_t block;
    bool user;
};

static void word_note(struct ledger_transaction *transaction, const struct word_store *store) {
    uint64_t index = 0;
    struct ledger_word *word = NULL;
    if (map_find(&transaction->word_of, store->ram, &index)) {
        word = VECTOR_AT(&transaction->words, struct ledger_word, index);
    } else {
        map_insert(&transaction->word_of, store->ram, transaction->words.count);
        word = vector_push(&transaction->words);
        *word = (struct ledger_word){.ram = store->ram, .before = store->old, .block = store->block};
        map_find(&transaction->touched, store->ram, &word->before);
    }
    if (word->block != store->block) { /* other memory now: what was stored before is gone with the object */
        *word = (struct ledger_word){.ram = store->ram, .before = store->old, .block = store->block};
    }
    word->user |= store->user;
    word->stored |= store->stored;
    word->flipped |= store->old ^ store->now;
}

/* Is it a transaction that runs on the chain? */
static bool chain_has(const struct ledger_chain *chain, const struct ledger_transaction *transaction) {
    for (size_t i = chain ? chain->frames.count : 0; i-- > 0;) {
        const struct ledger_frame *frame = VECTOR_AT(&chain->frames, struct ledger_frame, i);
        if (frame->kind == LEDGER_INTERRUPT) {
            return false;
        }
        if (frame->transaction == transaction) {
            return true;
        }
    }
    return false;
}

void ledger_store(struct ledger *ledger, uint32_t cpu_index, uint64_t ram, uint64_t size, bool user) {
    const struct ledger_cpu *cpu = &ledger->cpus[cpu_index];
    const uint8_t *map = guest_memory_map(ledger->memory);
    pthread_mutex_lock(&ledger->stores);
    if (!ledger->open.count) {
        memcpy(ledger->shadow + ram, map + ram, size);
        pthread_mutex_unlock(&ledger->stores);
        return;
    }
    for (uint64_t at = ram & ~(uint64_t)(WORD - 1); at < ram + size; at += WORD) {
        uint64_t low = at < ram ? ram - at : 0;
        uint64_t high = ram + size - at < WORD ? ram + size - at : WORD;
        uint64_t offset = 0;
        struct word_store store = {.ram = at, .stored = (uint8_t)((1U << high) - (1U << low)), .user = user};
        memcpy(&store.old, ledger->shadow + at, WORD);
        memcpy(ledger->shadow + at + low, map + at + low, high - low);
        memcpy(&store.now, ledger->shadow + at, WORD);
        store.block = cpu->running ? heap_map_at(&ledger->heap, at + low, &offset) : HEAP_MAP_NONE;
        for (size_t i = 0; i < ledger->open.count; i++) {
            struct ledger_transaction *transaction = *VECTOR_AT(&ledger->open, struct ledger_transaction *, i);
            uint64_t known = 0;
            if (cpu->running && chain_has(cpu->chain, transaction)) {
                word_note(transaction, &store);
            } else if (!user && !map_find(&transaction->touched, at, &known)) {
                map_insert(&transaction->touched, at, store.old);
            }
        }
    }
    pthread_mutex_unlock(&ledger->stores);
}

void ledger_adopt(struct ledger *ledger, uint32_t block) {
    const uint64_t size = block == HEAP_MAP_NONE ? 0 : heap_map_block(&ledger->heap, block)->size;
    for (size_t i = 0; i < ledger->open.count && size <= ADOPTED_BYTES_MAX; i++) {
        struct ledger_transaction *transaction = *VECTOR_AT(&ledger->open, struct ledger_transaction *, i);
        for (uint64_t offset = 0; transaction->words.count && offset < size; offset += WORD) {
            uint64_t ram = 0;
            uint64_t index = 0;
            if (heap_map_ram(&ledger->heap, block, offset, &ram) && map_find(&transaction->word_of, ram & ~(uint64_t)(WORD - 1), &index)) {
                struct ledger_word *word = VECTOR_AT(&transaction->words, struct ledger_word, index);
                word->block = heap_map_lies_in(&ledger->heap, block, word->block) ? block : word->block;
            }
        }
    }
}
