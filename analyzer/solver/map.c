#include "map.h"
#include <string.h>

/* A bijection (the finisher of splitmix64, Steele and others 2014). */
static uint64_t hash_finish(uint64_t hash) {
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
    return hash ^ (hash >> 31);
}

uint64_t hash_mix(uint64_t one, uint64_t other) {
    /* What differs in small numbers only must be spread before it meets the other. */
    return hash_finish(hash_finish(one + 0x9e3779b97f4a7c15ULL) ^ other);
}

uint64_t hash_string(const char *string) {
    uint64_t hash = 0xcbf29ce484222325ULL;
    for (const unsigned char *next = (const unsigned char *)string; *next; next++) {
        hash = (hash ^ *next) * 0x100000001b3ULL;
    }
    return hash ^ (hash >> 31);
}

static uint32_t slot_of(const struct map *map, uint64_t key) {
    uint32_t mask = map->capacity - 1;
    uint32_t slot = (uint32_t)(hash_mix(key, 0x5bd1e995) & mask);
    while (map->slots[slot].value && map->slots[slot].key != key) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

uint32_t map_get(const struct map *map, uint64_t key) {
    if (!map->capacity) {
        return MAP_NONE;
    }
    return map->slots[slot_of(map, key)].value - 1; /* 0 - 1 is MAP_NONE */
}

static void map_reserve(struct arena *arena, struct map *map) {
    if (map->capacity && map->count + map->count / 2 < map->capacity) {
        return;
    }
    struct map larger = {.capacity = map->capacity ? map->capacity * 2 : 16};
    larger.slots = arena_grow(arena, NULL, 0, larger.capacity * sizeof *larger.slots);
    for (uint32_t old = 0; old < map->capacity; old++) {
        if (map->slots[old].value) {
            larger.slots[slot_of(&larger, map->slots[old].key)] = map->slots[old];
        }
    }
    larger.count = map->count;
    if (map->slots) {
        arena_recycle(arena, map->slots, map->capacity * sizeof *map->slots);
    }
    *map = larger;
}

void map_put(struct arena *arena, struct map *map, uint64_t key, uint32_t value) {
    map_reserve(arena, map);
    uint32_t slot = slot_of(map, key);
    if (!map->slots[slot].value) {
        map->count++;
        map->slots[slot].key = key;
    }
    map->slots[slot].value = value + 1;
}

bool map_add(struct arena *arena, struct map *map, uint64_t key, uint32_t *value) {
    map_reserve(arena, map);
    uint32_t slot = slot_of(map, key);
    if (map->slots[slot].value) {
        *value = map->slots[slot].value - 1;
        return false;
    }
    map->count++;
    map->slots[slot] = (struct map_slot){key, *value + 1};
    return true;
}

static bool key_set_put(struct key_set *set, uint64_t key) {
    uint32_t mask = set->capacity - 1;
    uint32_t slot = (uint32_t)(hash_mix(key, 0x5bd1e995) & mask);
    while (set->slots[slot] && set->slots[slot] != key) {
        slot = (slot + 1) & mask;
    }
    bool fresh = !set->slots[slot];
    set->slots[slot] = key;
    set->count += fresh;
    return fresh;
}

bool key_set_add(struct arena *arena, struct key_set *set, uint64_t key) {
    if (set->count >= set->capacity / 4 * 3) {
        struct key_set larger = {.capacity = set->capacity ? set->capacity * 2 : 16};
        larger.slots = arena_grow(arena, NULL, 0, larger.capacity * sizeof *larger.slots);
        for (uint32_t old = 0; old < set->capacity; old++) {
            if (set->slots[old]) {
                key_set_put(&larger, set->slots[old]);
            }
        }
        if (set->slots) {
            arena_recycle(arena, set->slots, set->capacity * sizeof *set->slots);
        }
        *set = larger;
    }
    return key_set_put(set, key);
}

static uint32_t keys_find(const struct keys *keys, uint64_t hash, const uint64_t *words, uint32_t count) {
    uint32_t at = map_get(&keys->index, hash);
    for (; at != MAP_NONE; at = keys->entries.items[at].next) {
        const struct keys_entry *entry = &keys->entries.items[at];
        if (entry->count == count && memcmp(entry->words, words, count * sizeof *words) == 0) {
            return at;
        }
    }
    return MAP_NONE;
}

bool keys_add_hashed(struct arena *arena, struct keys *keys, uint64_t hash, const uint64_t *words, uint32_t count, uint32_t *value) {
    uint32_t found = keys_find(keys, hash, words, count);
    if (found != MAP_NONE) {
        *value = keys->entries.items[found].value;
        return false;
    }
    uint32_t first = map_get(&keys->index, hash);
    uint64_t *copy = arena_allocate(arena, count * sizeof *copy);
    memcpy(copy, words, count * sizeof *copy);
    map_put(arena, &keys->index, hash, keys->entries.count);
    *VECTOR_ADD(arena, &keys->entries) = (struct keys_entry){copy, count, *value, first};
    return true;
}

static uint64_t hash_words(const uint64_t *words, uint32_t count) {
    uint64_t hash = count;
    for (uint32_t i = 0; i < count; i++) {
        hash = hash_mix(hash, words[i]);
    }
    return hash;
}

bool keys_add(struct arena *arena, struct keys *keys, const uint64_t *words, uint32_t count, uint32_t *value) {
    return keys_add_hashed(arena, keys, hash_words(words, count), words, count, value);
}

uint32_t keys_get(const struct keys *keys, const uint64_t *words, uint32_t count) {
    uint32_t found = keys_find(keys, hash_words(words, count), words, count);
    return found == MAP_NONE ? MAP_NONE : keys->entries.items[found].value;
}

uint32_t names_find(const struct names *names, const char *string) {
    for (uint32_t at = map_get(&names->index, hash_string(string)); at != MAP_NONE; at = names->next.items[at]) {
        if (strcmp(names->strings.items[at], string) == 0) {
            return at;
        }
    }
    return MAP_NONE;
}

uint32_t names_intern(struct arena *arena, struct names *names, const char *string) {
    uint32_t found = names_find(names, string);
    if (found != MAP_NONE) {
        return found;
    }
    uint64_t hash = hash_string(string);
    uint32_t first = map_get(&names->index, hash);
    uint32_t number = names->strings.count;
    *VECTOR_ADD(arena, &names->strings) = arena_copy(arena, string, strlen(string));
    *VECTOR_ADD(arena, &names->next) = first;
    map_put(arena, &names->index, hash, number);
    return number;
}
