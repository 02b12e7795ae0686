#include "shadow.h"

#include <sys/mman.h>

bool shadow_init(struct shadow *shadow, const uint8_t *ram, uint64_t size, bool alone) {
    uint64_t count = size / SHADOW_WORD;
    void *words = mmap(NULL, count * sizeof *shadow->words, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (words == MAP_FAILED) {
        return false;
    }
    *shadow = (struct shadow){.words = words, .count = count, .ram = ram, .alone = alone};
    return true;
}

void shadow_deinit(struct shadow *shadow) {
    if (shadow->words) {
        munmap(shadow->words, shadow->count * sizeof *shadow->words);
        shadow->words = NULL;
    }
}

void shadow_check(struct shadow *shadow, uint64_t ram, uint64_t size) {
    for (uint64_t at = ram & ~(uint64_t)(SHADOW_WORD - 1); at < ram + size; at += SHADOW_WORD) {
        _Atomic uint64_t *word = &shadow->words[at / SHADOW_WORD];
        uint64_t known = atomic_load_explicit(word, memory_order_relaxed);
        if (known && memcmp(&(uint32_t){(uint32_t)known}, shadow->ram + at, SHADOW_WORD) != 0) {
            atomic_store_explicit(word, 0, memory_order_relaxed);
        }
    }
}
