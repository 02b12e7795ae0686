#include "heap_objects.h"

#include <sys/mman.h>

struct error *heap_objects_init(struct heap_objects *heap, uint64_t ram_base, uint64_t ram_size) {
    *heap = (struct heap_objects){
        .objects = VECTOR_OF(struct heap_object), .living = VECTOR_OF(uint32_t), .base = ram_base, .granules = (size_t)(ram_size / HEAP_GRANULE)};
    void *owner = mmap(NULL, heap->granules * sizeof *heap->owner, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (owner == MAP_FAILED) {
        return error_create_errno("cannot reserve memory for the map of heap objects");
    }
    heap->owner = owner;
    vector_push(&heap->objects);
    return NULL;
}

void heap_objects_deinit(struct heap_objects *heap) {
    if (heap->owner) {
        munmap(heap->owner, heap->granules * sizeof *heap->owner);
    }
    vector_deinit(&heap->objects);
    vector_deinit(&heap->living);
    map_deinit(&heap->scattered);
    map_deinit(&heap->scattered_pages);
    heap->owner = NULL;
}

/* The granules of [physical, physical + count) change hands. */
static void heap_claim(struct heap_objects *heap, uint64_t physical, uint64_t count, uint32_t object) {
    uint64_t first = (physical - heap->base) / HEAP_GRANULE;
    uint64_t end = (physical - heap->base + count + HEAP_GRANULE - 1) / HEAP_GRANULE;
    for (uint64_t i = first; i < end && i < heap->granules; i++) {
        heap->owner[i] = object;
    }
}

bool heap_object_physical(const struct heap_objects *heap, uint32_t index, uint64_t offset, uint64_t *out_physical) {
    const struct heap_object *object = heap_object(heap, index);
    if (offset >= object->size) {
        return false;
    }
    if (!object->scattered) {
        *out_physical = object->physical + offset;
        return true;
    }
    uint64_t page = (object->address + offset) / GUEST_PAGE_BYTES - object->address / GUEST_PAGE_BYTES;
    uint64_t frame = 0;
    if (!map_find(&heap->scattered, (uint64_t)index << 32 | page, &frame)) {
        return false;
    }
    *out_physical = frame * GUEST_PAGE_BYTES + (object->address + offset) % GUEST_PAGE_BYTES;
    return true;
}

/* Calls heap_claim for each page of an object. */
static void heap_claim_object(struct heap_objects *heap, uint32_t index, uint32_t for_whom) {
    const struct heap_object *object = heap_object(heap, index);
    if (!object->scattered) {
        heap_claim(heap, object->physical, object->size, for_whom);
        return;
    }
    for (uint64_t offset = 0; offset < object->size;) {
        uint64_t physical = 0;
        uint64_t part = GUEST_PAGE_BYTES - (object->address + offset) % GUEST_PAGE_BYTES;
        part = part < object->size - offset ? part : object->size - offset;
        if (heap_object_physical(heap, index, offset, &physical)) {
            heap_claim(heap, physical, part, for_whom);
        }
        offset += part;
    }
}

static void heap_find_pages(struct heap_objects *heap, const struct guest_memory *memory, uint64_t root, uint32_t index) {
    struct heap_object *object = heap_object(heap, index);
    uint64_t first = object->address / GUEST_PAGE_BYTES;
    uint64_t last = (object->address + object->size - 1) / GUEST_PAGE_BYTES;
    for (uint64_t page = first; page <= last; page++) {
        uint64_t physical = 0;
        bool user = false;
        if (guest_memory_translate(memory, root, page * GUEST_PAGE_BYTES, &physical, &user)) {
            object->scattered |= physical / GUEST_PAGE_BYTES != object->physical / GUEST_PAGE_BYTES + (page - first);
        }
    }
    for (uint64_t page = first; object->scattered && page <= last; page++) {
        uint64_t physical = 0;
        bool user = false;
        if (guest_memory_translate(memory, root, page * GUEST_PAGE_BYTES, &physical, &user)) {
            map_insert(&heap->scattered, (uint64_t)index << 32 | (page - first), physical / GUEST_PAGE_BYTES);
            map_insert(&heap->scattered_pages, (uint64_t)index << 32 | physical / GUEST_PAGE_BYTES, page - first);
        }
    }
}

uint32_t heap_objects_add(struct heap_objects *heap, const struct guest_memory *memory, uint64_t root, uint64_t address, uint64_t size, bool pages,
                          uint64_t born, uint64_t since) {
    uint64_t physical = 0;
    bool user = false;
    if (!size || !guest_memory_translate(memory, root, address, &physical, &user)) {
        return HEAP_NONE;
    }
    uint64_t offset = 0;
    uint32_t around = heap_objects_at(heap, physical, &offset);
    if (around != HEAP_NONE && offset == 0) {
        struct heap_object *same = heap_object(heap, around);
        if (same->born > since && same->pages == pages) {
            same->size = size > same->size ? size : same->size;
            return around;
        }
        if (same->pages == pages || !same->pages) { /* its end was not seen */
            heap_objects_free(heap, around, born);
            around = heap_objects_at(heap, physical, &offset);
        }
    }
    uint32_t index = (uint32_t)heap->objects.count;
    struct heap_object *object = vector_push(&heap->objects);
    object->address = address;
    object->physical = physical;
    object->size = size;
    object->born = born;
    object->pages = pages;
    object->parent = around;
    if (around != HEAP_NONE) {
        heap_object(heap, around)->arena = true;
    }
    object->place = (uint32_t)heap->living.count;
    *(uint32_t *)vector_push(&heap->living) = index;
    heap_find_pages(heap, memory, root, index);
    heap_claim_object(heap, index, index);
    return index;
}

void heap_objects_free(struct heap_objects *heap, uint32_t index, uint64_t when) {
    struct heap_object *object = heap_object(heap, index);
    uint32_t parent = object->parent;
    while (parent != HEAP_NONE && heap_object(heap, parent)->freed) {
        parent = heap_object(heap, parent)->parent;
    }
    if (object->freed) {
        return;
    }
    uint32_t last = *VECTOR_AT(&heap->living, uint32_t, heap->living.count - 1);
    *VECTOR_AT(&heap->living, uint32_t, object->place) = last;
    heap_object(heap, last)->place = object->place;
    heap->living.count--;
    object->freed = when;
    heap_claim_object(heap, index, parent);
}

uint32_t heap_objects_at(const struct heap_objects *heap, uint64_t physical, uint64_t *out_offset) {
    uint64_t granule = (physical - heap->base) / HEAP_GRANULE;
    if (physical < heap->base || granule >= heap->granules) {
        return HEAP_NONE;
    }
    uint32_t index = heap->owner[granule];
    if (index == HEAP_NONE) {
        return HEAP_NONE;
    }
    const struct heap_object *object = heap_object(heap, index);
    uint64_t offset = physical - object->physical;
    if (object->scattered) {
        uint64_t page = 0;
        if (map_find(&heap->scattered_pages, (uint64_t)index << 32 | physical / GUEST_PAGE_BYTES, &page)) {
            offset = page * GUEST_PAGE_BYTES + physical % GUEST_PAGE_BYTES - object->address % GUEST_PAGE_BYTES;
        }
    }
    if (offset >= object->size) {
        return HEAP_NONE; /* the rest of the last granule */
    }
    *out_offset = offset;
    return index;
}
