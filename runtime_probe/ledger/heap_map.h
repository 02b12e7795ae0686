#ifndef LEDGER_HEAP_MAP_H
#define LEDGER_HEAP_MAP_H
/*
 * Which allocated object lies at a byte of RAM. Objects nest: an allocator of small ones divides what one of pages gave. Noted by RAM, so
 * that two mappings of one object are one.
 */
#include <stdbool.h>
#include <stdint.h>
#include "kernel_layout.h"

enum { HEAP_MAP_NONE = 0 };

struct heap_block {
    uint64_t address; /* as the allocator gave it */
    uint64_t ram;     /* of its first byte */
    uint64_t size;
    uint64_t born;  /* moment at which its allocation ended */
    uint32_t outer; /* the block that it was cut from, HEAP_MAP_NONE */
    uint32_t name;  /* number of its root among the names */
    uint32_t place; /* index in `living` */
    bool pages;     /* from an allocator of pages */
    bool freed;
    bool scattered; /* its pages do not follow each other in RAM */
};

struct heap_map {
    struct vector blocks; /* struct heap_block; the first is none */
    struct vector living; /* uint32_t */
    uint32_t *owner;      /* of each 4 bytes of RAM; reserved, not filled */
    uint64_t granules;
    struct map scattered; /* block << 32 | page within it -> page of RAM */
    struct map backwards; /* block << 32 | page of RAM -> page within it */
};

struct error *heap_map_init(struct heap_map *heap, uint64_t ram_size);
void heap_map_deinit(struct heap_map *heap);
static inline struct heap_block *heap_map_block(const struct heap_map *heap, uint32_t block) {
    return VECTOR_AT(&heap->blocks, struct heap_block, block);
}

/*
 * A block that was given just now, by a call that began at `since`: where an inner allocator gave the same place since then, it is the same block,
 * under the outer one's name. HEAP_MAP_NONE: nothing is mapped there.
 */
uint32_t heap_map_add(struct heap_map *heap, const struct kernel_layout *layout, const struct heap_block *block, uint64_t since);
void heap_map_free(struct heap_map *heap, uint32_t block);
/* The innermost block, and the byte's offset in it; HEAP_MAP_NONE. */
uint32_t heap_map_at(const struct heap_map *heap, uint64_t ram, uint64_t *out_offset);
/* Where a byte of a block lies. False: its page is mapped nowhere. */
bool heap_map_ram(const struct heap_map *heap, uint32_t block, uint64_t offset, uint64_t *out_ram);
/* Was the one given from the other's memory? All lie in HEAP_MAP_NONE. */
bool heap_map_lies_in(const struct heap_map *heap, uint32_t inner, uint32_t outer);

#endif
