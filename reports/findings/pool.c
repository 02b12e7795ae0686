#include "findings/pool.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One string; its text follows the header in the same allocation, so the pointer handed out leads back here. */
struct pool_entry {
    size_t index;
    uint64_t hash;
    char text[];
};

struct pool {
    struct pool_entry **entries; /* by index */
    size_t count;
    size_t capacity;
    size_t *slots; /* open addressing; index + 1, 0 = free; a power of two */
    size_t slot_count;
    bool failed;
};

struct pool *pool_create(void) {
    return calloc(1, sizeof(struct pool));
}

void pool_destroy(struct pool *pool) {
    if (pool) {
        for (size_t index = 0; index < pool->count; index++) {
            free(pool->entries[index]);
        }
        free(pool->entries);
        free(pool->slots);
        free(pool);
    }
}

static uint64_t string_hash(const char *string) {
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (const unsigned char *at = (const unsigned char *)string; *at; at++) {
        hash = (hash ^ *at) * 0x100000001b3u;
    }
    return hash;
}

static bool pool_grow(struct pool *pool) {
    size_t slot_count = pool->slot_count ? pool->slot_count * 2 : 256;
    size_t *slots = calloc(slot_count, sizeof *slots);
    struct pool_entry **entries = realloc(pool->entries, slot_count / 2 * sizeof(struct pool_entry *));
    if (entries) {
        pool->entries = entries;
        pool->capacity = slot_count / 2;
    }
    if (!slots || !entries) {
        free(slots);
        return false;
    }
    for (size_t index = 0; index < pool->count; index++) {
        size_t slot = (size_t)entries[index]->hash & (slot_count - 1);
        while (slots[slot]) {
            slot = (slot + 1) & (slot_count - 1);
        }
        slots[slot] = index + 1;
    }
    free(pool->slots);
    pool->slots = slots;
    pool->slot_count = slot_count;
    return true;
}

const char *pool_intern(struct pool *pool, const char *string) {
    const char *text = string ? string : "";
    if (pool->count >= pool->slot_count / 2 && !pool_grow(pool)) {
        pool->failed = true;
        return "";
    }
    uint64_t hash = string_hash(text);
    size_t slot = (size_t)hash & (pool->slot_count - 1);
    for (; pool->slots[slot]; slot = (slot + 1) & (pool->slot_count - 1)) {
        struct pool_entry *entry = pool->entries[pool->slots[slot] - 1];
        if (entry->hash == hash && strcmp(entry->text, text) == 0) {
            return entry->text;
        }
    }
    size_t length = strlen(text) + 1;
    struct pool_entry *entry = malloc(sizeof *entry + length);
    if (!entry) {
        pool->failed = true;
        return "";
    }
    entry->index = pool->count;
    entry->hash = hash;
    memcpy(entry->text, text, length);
    pool->entries[pool->count++] = entry;
    pool->slots[slot] = pool->count;
    return entry->text;
}

size_t pool_index(const struct pool *pool, const char *interned) {
    if (pool->failed) {
        return 0;
    }
    const struct pool_entry *entry = (const struct pool_entry *)(const void *)(interned - offsetof(struct pool_entry, text));
    return entry->index;
}

size_t pool_count(const struct pool *pool) {
    return pool->count;
}

const char *pool_at(const struct pool *pool, size_t index) {
    return pool->entries[index]->text;
}

struct error *pool_check(const struct pool *pool) {
    return pool->failed ? error_out_of_memory() : NULL;
}
