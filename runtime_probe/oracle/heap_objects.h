#ifndef ORACLE_HEAP_OBJECTS_H
#define ORACLE_HEAP_OBJECTS_H
/*
 * Heap objects by the allocator calls that the recorder logged: where they lie in physical memory, when they lived, and which allocation
 * site made them. An object inside another (a slab's object in its page) hides what it covers while it lives.
 */
#include "guest_memory.h"
#include "spillscope/collection.h"

enum { HEAP_GRANULE = 4 }; /* bytes: no allocator gives objects that lie closer */
enum { HEAP_NONE = 0 };    /* objects are numbered from 1 */

struct heap_object {
    uint64_t address;  /* virtual, as the allocator gave it */
    uint64_t physical; /* of its first byte */
    uint64_t size;     /* bytes */
    uint64_t born;     /* sequence number of the log record */
    uint64_t freed;    /* 0 = alive */
    uint32_t parent;   /* object that it lies in */
    uint32_t root;     /* index of its root, by whoever typed it */
    uint32_t place;    /* in heap_objects.living, while alive */
    bool arena;        /* other objects were made inside: the rest of it is free, and what it holds is left over */
    bool pages;        /* whole pages, not a heap's object */
    bool scattered;    /* its pages are not adjacent in physical memory */
};

struct heap_objects {
    struct vector objects; /* struct heap_object; element 0 unused */
    struct vector living;  /* uint32_t: objects that are alive, in no order that means anything */
    uint32_t *owner;       /* by physical granule; a mapping */
    uint64_t base;
    size_t granules;
    struct map scattered;       /* object << 32 | page of it -> page frame */
    struct map scattered_pages; /* object << 32 | page frame -> page of it */
};

struct error *heap_objects_init(struct heap_objects *heap, uint64_t ram_base, uint64_t ram_size);
void heap_objects_deinit(struct heap_objects *heap);

/*
 * A new object of `size` bytes at virtual address `address`; HEAP_NONE when that is not mapped. An object of the same kind born after `since` at the
 * same place is the same one, given by an inner allocator: it is given back with its new size. A heap's object in fresh pages is another.
 */
uint32_t heap_objects_add(struct heap_objects *heap, const struct guest_memory *memory, uint64_t root, uint64_t address, uint64_t size, bool pages,
                          uint64_t born, uint64_t since);
void heap_objects_free(struct heap_objects *heap, uint32_t object, uint64_t when);
/* The innermost living object at a physical address, and the offset in it; HEAP_NONE when there is none. */
uint32_t heap_objects_at(const struct heap_objects *heap, uint64_t physical, uint64_t *out_offset);
static inline struct heap_object *heap_object(const struct heap_objects *heap, uint32_t index) {
    return VECTOR_AT(&heap->objects, struct heap_object, index);
}
/* Physical address of a byte of an object; false when it is not mapped (any more). */
bool heap_object_physical(const struct heap_objects *heap, uint32_t index, uint64_t offset, uint64_t *out_physical);

#endif
