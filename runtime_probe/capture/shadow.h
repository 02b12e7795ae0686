#ifndef CAPTURE_SHADOW_H
#define CAPTURE_SHADOW_H
/*
 * What each word of guest RAM held after the last store that was told, and which CPU stored it: tells which bytes a store changed. A word is
 * known to the CPU alone that stored to it last; what is not known counts as changed, so a change of its own is never taken from a transaction.
 * Words that changed without being told (devices; stacks, which are temporary) are forgotten when a look finds them so.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { SHADOW_WORD = 4, SHADOW_STORE_MAX = 32 };

struct shadow {
    _Atomic uint64_t *words; /* CPU + 1 above, what was stored below; 0 = not known. Only what was stored to takes memory */
    uint64_t count;
    const uint8_t *ram;
    bool alone; /* one CPU: nobody else stores meanwhile */
};

/* `ram` stays with the caller and has this many bytes. */
bool shadow_init(struct shadow *shadow, const uint8_t *ram, uint64_t size, bool alone);
void shadow_deinit(struct shadow *shadow);

/* Forgets the words there that do not hold what was stored to them last. */
void shadow_check(struct shadow *shadow, uint64_t ram, uint64_t size);

/* The CPU has stored there: which bytes have changed, bit 0 the first? */
static inline uint32_t shadow_store(struct shadow *shadow, unsigned cpu, uint64_t ram, uint64_t size) {
    uint32_t changed = 0;
    for (uint64_t at = ram & ~(uint64_t)(SHADOW_WORD - 1); at < ram + size; at += SHADOW_WORD) {
        _Atomic uint64_t *word = &shadow->words[at / SHADOW_WORD];
        uint64_t known = atomic_load_explicit(word, memory_order_relaxed);
        uint32_t now = 0;
        memcpy(&now, shadow->ram + at, SHADOW_WORD);
        uint64_t fresh = ((uint64_t)cpu + 1) << 32 | now;
        if (known == fresh) {
            continue;
        }
        uint32_t different = known >> 32 == cpu + 1 ? (uint32_t)known ^ now : UINT32_MAX;
        if (shadow->alone) {
            atomic_store_explicit(word, fresh, memory_order_relaxed);
        } else if (!atomic_compare_exchange_strong_explicit(word, &known, fresh, memory_order_relaxed, memory_order_relaxed)) {
            atomic_store_explicit(word, 0, memory_order_relaxed); /* two at once: which came last is not known */
            different = UINT32_MAX;
        }
        for (uint64_t byte = 0; byte < SHADOW_WORD; byte++, different >>= 8) {
            uint64_t index = at + byte - ram; /* of what lies before the store: too large */
            changed |= index < size && (different & 0xff) ? (uint32_t)1 << index : 0;
        }
    }
    return changed;
}

#endif
