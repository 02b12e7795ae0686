#ifndef SOLVER_MAP_H
#define SOLVER_MAP_H
/* Hash maps from a 64-bit key, or from a string, to a 32-bit number. Nothing is ever removed. Zeroed structs are empty maps. */
#include <stdbool.h>
#include <stdint.h>
#include "arena.h"

#define MAP_NONE UINT32_MAX

struct map_slot {
    uint64_t key;
    uint32_t value; /* plus one; 0 = empty slot */
};

struct map {
    struct map_slot *slots;
    uint32_t capacity; /* a power of two, or 0 */
    uint32_t count;
};

uint32_t map_get(const struct map *map, uint64_t key); /* MAP_NONE when absent */
void map_put(struct arena *arena, struct map *map, uint64_t key, uint32_t value);
/* Puts when absent; tells whether it did. `value` is in any case the stored one afterwards. */
bool map_add(struct arena *arena, struct map *map, uint64_t key, uint32_t *value);

/* A set of 64-bit keys other than 0. */
struct key_set {
    uint64_t *slots;   /* 0 = empty */
    uint32_t capacity; /* a power of two, or 0 */
    uint32_t count;
};

bool key_set_add(struct arena *arena, struct key_set *set, uint64_t key); /* tells whether it is new */

/* Strings to numbers from 0 in order of first appearance. */
struct names {
    struct map index; /* hash -> first name with it */
    VECTOR(const char *) strings;
    VECTOR(uint32_t) next; /* next name of the same hash, MAP_NONE */
};

uint32_t names_find(const struct names *names, const char *string);                  /* MAP_NONE when absent */
uint32_t names_intern(struct arena *arena, struct names *names, const char *string); /* copies new ones */

/*
 * Keys of several words to numbers. The hash only finds candidates; the words decide, so two keys never share a number. Callers give each kind of
 * key that goes into one set a first word of its own.
 */
struct keys_entry {
    const uint64_t *words;
    uint32_t count;
    uint32_t value;
    uint32_t next; /* entry of the same hash, MAP_NONE */
};

struct keys {
    struct map index; /* hash -> newest entry with it */
    VECTOR(struct keys_entry) entries;
};

uint32_t keys_get(const struct keys *keys, const uint64_t *words, uint32_t count); /* MAP_NONE when absent */
/* As map_add; copies the words of new keys. */
bool keys_add(struct arena *arena, struct keys *keys, const uint64_t *words, uint32_t count, uint32_t *value);
/* The same with a hash of the caller's choice: what equal hashes do can be tested. */
bool keys_add_hashed(struct arena *arena, struct keys *keys, uint64_t hash, const uint64_t *words, uint32_t count, uint32_t *value);

/* Hashes find, they never identify. */
uint64_t hash_string(const char *string);
uint64_t hash_mix(uint64_t one, uint64_t other);

#endif
