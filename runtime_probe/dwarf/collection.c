#include "spillscope/collection.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void vector_deinit(struct vector *vector) {
    free(vector->items);
    vector->items = NULL;
    vector->count = 0;
    vector->capacity = 0;
}

void vector_clear(struct vector *vector) {
    vector->count = 0;
}

static bool vector_reserve(struct vector *vector, size_t extra) {
    if (vector->failed) {
        return false;
    }
    if (vector->count + extra <= vector->capacity) {
        return true;
    }
    size_t capacity = vector->capacity ? vector->capacity * 2 : 16;
    while (capacity < vector->count + extra) {
        capacity *= 2;
    }
    void *items = realloc(vector->items, capacity * vector->element);
    if (!items) {
        vector->failed = true;
        return false;
    }
    vector->items = items;
    vector->capacity = capacity;
    return true;
}

void *vector_push(struct vector *vector) {
    assert(vector->element > 0 && vector->element <= VECTOR_ELEMENT_MAX);
    if (!vector_reserve(vector, 1)) {
        memset(vector->scratch, 0, vector->element);
        return vector->scratch;
    }
    void *slot = (char *)vector->items + vector->count++ * vector->element;
    memset(slot, 0, vector->element);
    return slot;
}

size_t vector_append(struct vector *vector, const void *items, size_t count) {
    size_t first = vector->count;
    if (count && vector_reserve(vector, count)) {
        memcpy((char *)vector->items + first * vector->element, items, count * vector->element);
        vector->count += count;
    }
    return first;
}

/* Bottom-up merge sort: qsort is not stable, and order among equals must not depend on the C library. */
void vector_sort(struct vector *vector, int (*compare)(const void *, const void *)) {
    size_t count = vector->count;
    size_t size = vector->element;
    if (count < 2) {
        return;
    }
    char *from = vector->items;
    char *other = malloc(count * size);
    if (!other) {
        vector->failed = true;
        return;
    }
    char *to = other;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            size_t middle = low + width < count ? low + width : count;
            size_t high = low + 2 * width < count ? low + 2 * width : count;
            size_t left = low;
            size_t right = middle;
            for (size_t out = low; out < high; out++) {
                bool take_left = left < middle && (right >= high || compare(from + left * size, from + right * size) <= 0);
                memcpy(to + out * size, from + (take_left ? left++ : right++) * size, size);
            }
        }
        char *swap = from;
        from = to;
        to = swap;
    }
    if (from != vector->items) {
        memcpy(vector->items, from, count * size);
    }
    free(other);
}

static uint64_t hash_mix(uint64_t value) {
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93u;
    value ^= value >> 29;
    value *= 0xd6e8feb86659fd93u;
    return value ^ (value >> 32);
}

enum { HASH_LANES = 4 };

uint64_t hash_bytes(const void *bytes, size_t count) {
    const unsigned char *from = bytes;
    uint64_t hash = 0x9e3779b97f4a7c15u ^ count;
    if (count >= 1024) { /* in lanes, whose multiplications overlap */
        uint64_t lanes[HASH_LANES] = {hash, ~hash, hash << 1, ~hash << 1};
        for (; count >= sizeof lanes; from += sizeof lanes, count -= sizeof lanes) {
            uint64_t words[HASH_LANES];
            memcpy(words, from, sizeof words);
            for (int i = 0; i < HASH_LANES; i++) {
                lanes[i] = hash_mix(lanes[i] ^ words[i]);
            }
        }
        for (int i = 0; i < HASH_LANES; i++) {
            hash = hash_mix(hash ^ lanes[i]);
        }
    }
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, from, 8);
        hash = hash_mix(hash ^ word);
        from += 8;
        count -= 8;
    }
    uint64_t rest = 0;
    if (count) {
        memcpy(&rest, from, count);
    }
    return hash_mix(hash ^ rest);
}

void map_deinit(struct map *map) {
    free(map->keys);
    *map = (struct map){0};
}

void map_clear(struct map *map) {
    if (map->capacity) {
        memset(map->used, 0, map->capacity);
    }
    map->count = 0;
}

static size_t map_slot(const struct map *map, uint64_t key) {
    size_t slot = hash_mix(key) & (map->capacity - 1);
    while (map->used[slot] && map->keys[slot] != key) {
        slot = (slot + 1) & (map->capacity - 1);
    }
    return slot;
}

static bool map_grow(struct map *map) {
    struct map bigger = {.capacity = map->capacity ? map->capacity * 2 : 64};
    bigger.keys = malloc(bigger.capacity * (2 * sizeof *bigger.keys + 1));
    if (!bigger.keys) {
        map->failed = true;
        return false;
    }
    bigger.values = bigger.keys + bigger.capacity;
    bigger.used = (unsigned char *)(bigger.values + bigger.capacity);
    memset(bigger.used, 0, bigger.capacity);
    for (size_t slot = 0; slot < map->capacity; slot++) {
        if (map->used[slot]) {
            size_t target = map_slot(&bigger, map->keys[slot]);
            bigger.used[target] = 1;
            bigger.keys[target] = map->keys[slot];
            bigger.values[target] = map->values[slot];
        }
    }
    bigger.count = map->count;
    free(map->keys);
    *map = bigger;
    return true;
}

void map_insert(struct map *map, uint64_t key, uint64_t value) {
    if (map->failed || (map->count * 3 >= map->capacity * 2 && !map_grow(map))) {
        return;
    }
    size_t slot = map_slot(map, key);
    if (!map->used[slot]) {
        map->used[slot] = 1;
        map->keys[slot] = key;
        map->count++;
    }
    map->values[slot] = value;
}

bool map_find(const struct map *map, uint64_t key, uint64_t *out_value) {
    if (!map->capacity) {
        return false;
    }
    size_t slot = map_slot(map, key);
    if (!map->used[slot]) {
        return false;
    }
    *out_value = map->values[slot];
    return true;
}

/* Backward-shift deletion keeps every probe sequence whole without tombstones. */
bool map_remove(struct map *map, uint64_t key) {
    if (!map->capacity) {
        return false;
    }
    size_t mask = map->capacity - 1;
    size_t hole = map_slot(map, key);
    if (!map->used[hole]) {
        return false;
    }
    for (size_t next = (hole + 1) & mask; map->used[next]; next = (next + 1) & mask) {
        size_t home = hash_mix(map->keys[next]) & mask;
        if (((next - home) & mask) >= ((next - hole) & mask)) {
            map->keys[hole] = map->keys[next];
            map->values[hole] = map->values[next];
            hole = next;
        }
    }
    map->used[hole] = 0;
    map->count--;
    return true;
}

void strings_deinit(struct strings *strings) {
    free(strings->data);
    free(strings->slots);
    *strings = (struct strings){0};
}

static size_t strings_slot(const struct strings *strings, const char *string) {
    size_t mask = strings->slot_count - 1;
    size_t slot = hash_bytes(string, strlen(string)) & mask;
    while (strings->slots[slot] && strcmp(strings->data + strings->slots[slot] - 1, string) != 0) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

static bool strings_grow(struct strings *strings) {
    size_t old_count = strings->slot_count;
    uint32_t *old = strings->slots;
    size_t count = old_count ? old_count * 2 : 256;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (!slots) {
        return false;
    }
    strings->slots = slots;
    strings->slot_count = count;
    for (size_t i = 0; i < old_count; i++) {
        if (old[i]) {
            strings->slots[strings_slot(strings, strings->data + old[i] - 1)] = old[i];
        }
    }
    free(old);
    return true;
}

uint32_t strings_intern(struct strings *strings, const char *string) {
    if (strings->failed || (strings->count * 2 >= strings->slot_count && !strings_grow(strings))) {
        strings->failed = true;
        return 0;
    }
    size_t slot = strings_slot(strings, string);
    if (strings->slots[slot]) {
        return strings->slots[slot] - 1;
    }
    size_t size = strlen(string) + 1;
    if (strings->length + size > UINT32_MAX - 1) {
        strings->failed = true;
        return 0;
    }
    if (strings->length + size > strings->capacity) {
        size_t capacity = (strings->capacity + size) * 2;
        char *data = realloc(strings->data, capacity);
        if (!data) {
            strings->failed = true;
            return 0;
        }
        strings->data = data;
        strings->capacity = capacity;
    }
    uint32_t offset = (uint32_t)strings->length;
    memcpy(strings->data + offset, string, size);
    strings->length += size;
    strings->slots[slot] = offset + 1;
    strings->count++;
    return offset;
}

bool strings_find(const struct strings *strings, const char *string, uint32_t *out_offset) {
    if (!strings->slot_count) {
        return false;
    }
    size_t slot = strings_slot(strings, string);
    if (!strings->slots[slot]) {
        return false;
    }
    *out_offset = strings->slots[slot] - 1;
    return true;
}
