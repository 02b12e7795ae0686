#include "heap_map.h"

#include <sys/mman.h>

enum { GRANULE = 4 }; /* per-CPU memory is given away in pieces of so many bytes */

struct error *heap_map_init(struct heap_map *heap, uint64_t ram_size) {
    *heap = (struct heap_map){.blocks = VECTOR_OF(struct heap_block), .living = VECTOR_OF(uint32_t), .granules = ram_size / GRANULE};
    void *owner = mmap(NULL, heap->granules * sizeof *heap->owner, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (owner == MAP_FAILED) {
        return error_create_errno("cannot reserve room for a map of the guest's heap");
    }
    heap->owner = owner;
    vector_push(&heap->blocks);
    return NULL;
}

void heap_map_deinit(struct heap_map *heap) {
    if (heap->owner) {
        munmap(heap->owner, heap->granules * sizeof *heap->owner);
    }
    heap->owner = NULL;
    vector_deinit(&heap->blocks);
    vector_deinit(&heap->living);
    map_deinit(&heap->scattered);
    map_deinit(&heap->backwards);
}

/* RAM of a byte of a block that is in pieces. */
bool heap_map_ram(const struct heap_map *heap, uint32_t index, uint64_t offset, uint64_t *out_ram) {
    const struct heap_block *block = heap_map_block(heap, index);
    uint64_t page = (block->address % LAYOUT_PAGE + offset) / LAYOUT_PAGE;
    uint64_t frame = 0;
    if (!block->scattered) {
        *out_ram = block->ram + offset;
        return true;
    }
    if (!map_find(&heap->scattered, (uint64_t)index << 32 | page, &frame)) {
        return false;
    }
    *out_ram = frame * LAYOUT_PAGE + (block->address + offset) % LAYOUT_PAGE;
    return true;
}

/* Gives the granules of a block to an owner. */
static void block_claim(struct heap_map *heap, uint32_t index, uint32_t owner) {
    const struct heap_block *block = heap_map_block(heap, index);
    for (uint64_t offset = 0; offset < block->size;) {
        uint64_t ram = 0;
        uint64_t room = block->scattered ? LAYOUT_PAGE - (block->address + offset) % LAYOUT_PAGE : block->size;
        uint64_t part = room < block->size - offset ? room : block->size - offset;
        if (heap_map_ram(heap, index, offset, &ram)) {
            for (uint64_t granule = ram / GRANULE; granule < (ram + part + GRANULE - 1) / GRANULE && granule < heap->granules; granule++) {
                heap->owner[granule] = owner;
            }
        }
        offset += part;
    }
}

static void block_find_pages(struct heap_map *heap, const struct kernel_layout *layout, uint32_t index) {
    struct heap_block *block = heap_map_block(heap, index);
    uint64_t pages = (block->address % LAYOUT_PAGE + block->size + LAYOUT_PAGE - 1) / LAYOUT_PAGE;
    uint64_t base = block->address & ~(uint64_t)(LAYOUT_PAGE - 1);
    for (uint64_t page = 1; page < pages && !block->scattered; page++) {
        uint64_t ram = 0;
        block->scattered = kernel_layout_ram(layout, base + page * LAYOUT_PAGE, &ram) && ram / LAYOUT_PAGE != block->ram / LAYOUT_PAGE + page;
    }
    for (uint64_t page = 0; page < pages && block->scattered; page++) {
        uint64_t ram = 0;
        if (kernel_layout_ram(layout, base + page * LAYOUT_PAGE, &ram)) {
            map_insert(&heap->scattered, (uint64_t)index << 32 | page, ram / LAYOUT_PAGE);
            map_insert(&heap->backwards, (uint64_t)index << 32 | ram / LAYOUT_PAGE, page);
        }
    }
}

uint32_t heap_map_add(struct heap_map *heap, const struct kernel_layout *layout, const struct heap_block *given, uint64_t since) {
    struct heap_block block = *given;
    uint64_t offset = 0;
    if (!block.size || !kernel_layout_ram(layout, block.address, &block.ram)) {
        return HEAP_MAP_NONE;
    }
    uint32_t around = heap_map_at(heap, block.ram, &offset);
    if (around != HEAP_MAP_NONE && offset == 0) {
        struct heap_block *same = heap_map_block(heap, around);
        if (same->born > since && same->pages == block.pages) { /* the inner allocator's size is the true one where it is larger */
            same->size = block.size > same->size ? block.size : same->size;
            return around;
        }
        if (!same->pages || block.pages) { /* its end was not seen */
            heap_map_free(heap, around);
            around = heap_map_at(heap, block.ram, &offset);
        }
    }
    uint32_t index = (uint32_t)heap->blocks.count;
    block.outer = around;
    block.place = (uint32_t)heap->living.count;
    *(struct heap_block *)vector_push(&heap->blocks) = block;
    *(uint32_t *)vector_push(&heap->living) = index;
    block_find_pages(heap, layout, index);
    block_claim(heap, index, index);
    return index;
}

void heap_map_free(struct heap_map *heap, uint32_t index) {
    struct heap_block *block = heap_map_block(heap, index);
    if (index == HEAP_MAP_NONE || block->freed) {
        return;
    }
    uint32_t outer = block->outer;
    while (outer != HEAP_MAP_NONE && heap_map_block(heap, outer)->freed) {
        outer = heap_map_block(heap, outer)->outer;
    }
    uint32_t last = *VECTOR_AT(&heap->living, uint32_t, heap->living.count - 1);
    *VECTOR_AT(&heap->living, uint32_t, block->place) = last;
    heap_map_block(heap, last)->place = block->place;
    heap->living.count--;
    block->freed = true;
    block_claim(heap, index, outer);
}

uint32_t heap_map_at(const struct heap_map *heap, uint64_t ram, uint64_t *out_offset) {
    uint32_t index = ram / GRANULE < heap->granules ? heap->owner[ram / GRANULE] : HEAP_MAP_NONE;
    if (index == HEAP_MAP_NONE) {
        return index;
    }
    const struct heap_block *block = heap_map_block(heap, index);
    uint64_t offset = ram - block->ram;
    uint64_t page = 0;
    if (block->scattered && map_find(&heap->backwards, (uint64_t)index << 32 | ram / LAYOUT_PAGE, &page)) {
        offset = page * LAYOUT_PAGE + ram % LAYOUT_PAGE - block->address % LAYOUT_PAGE;
    }
    if (offset >= block->size) {
        return HEAP_MAP_NONE; /* the rest of its last granule */
    }
    *out_offset = offset;
    return index;
}

bool heap_map_lies_in(const struct heap_map *heap, uint32_t inner, uint32_t outer) {
    uint32_t around = heap_map_block(heap, inner)->outer;
    while (around != HEAP_MAP_NONE && around != outer) {
        around = heap_map_block(heap, around)->outer;
    }
    return around == outer;
}
