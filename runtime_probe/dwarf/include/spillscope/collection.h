#ifndef SPILLSCOPE_COLLECTION_H
#define SPILLSCOPE_COLLECTION_H
/*
 * Growable arrays, hash maps and interned strings of the run-time side.
 *
 * As with `struct text`, running out of memory is sticky instead of being tested at every call: the collection turns `failed`, further
 * additions go nowhere, and whoever built it asks once at the end. Nothing here depends on addresses or on hash order from the outside.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VECTOR_ELEMENT_MAX = 256 };

/* An array of equal elements. Start with VECTOR_OF(type). */
struct vector {
    void *items; /* owned */
    size_t count;
    size_t capacity;
    size_t element;                                         /* bytes of one, at most VECTOR_ELEMENT_MAX */
    bool failed;                                            /* an addition ran out of memory */
    _Alignas(16) unsigned char scratch[VECTOR_ELEMENT_MAX]; /* what vector_push gives when memory is short */
};

#define VECTOR_OF(type) ((struct vector){.element = sizeof(type)})
#define VECTOR_AT(vector, type, index) (&((type *)(vector)->items)[index])

void vector_deinit(struct vector *vector);
void vector_clear(struct vector *vector); /* keeps the memory */
/* A new zeroed element at the end; never NULL. It is valid until the next push. */
void *vector_push(struct vector *vector);
/* Copies `count` elements to the end; gives the index of the first. */
size_t vector_append(struct vector *vector, const void *items, size_t count);
/* Stable sort. */
void vector_sort(struct vector *vector, int (*compare)(const void *, const void *));

/* A map from 64-bit keys to 64-bit values. A zeroed struct is an empty map. */
struct map {
    uint64_t *keys; /* owned; `values` and `used` lie behind */
    uint64_t *values;
    unsigned char *used;
    size_t count;
    size_t capacity; /* power of two, or 0 */
    bool failed;
};

void map_deinit(struct map *map);
void map_clear(struct map *map);
void map_insert(struct map *map, uint64_t key, uint64_t value); /* replaces */
bool map_find(const struct map *map, uint64_t key, uint64_t *out_value);
bool map_remove(struct map *map, uint64_t key); /* false when absent */

/* Interned strings: equal strings get equal numbers. A zeroed struct is empty. */
struct strings {
    char *data; /* all strings, each ended by NUL; owned */
    size_t length;
    size_t capacity;
    uint32_t *slots; /* offset + 1 */
    size_t slot_count;
    size_t count;
    bool failed;
};

void strings_deinit(struct strings *strings);
uint32_t strings_intern(struct strings *strings, const char *string); /* offset in data; 0 when memory is short */
/* The number of a string that was interned before; false otherwise. */
bool strings_find(const struct strings *strings, const char *string, uint32_t *out_offset);
static inline const char *strings_at(const struct strings *strings, uint32_t offset) {
    return strings->data + offset;
}

uint64_t hash_bytes(const void *bytes, size_t count);

#endif
