#include <base/heap/heap.h>
#include <base/lock/spinlock.h>
#include <base/machine/machine.h>
#include <base/memory/layout.h>
#include <base/memory/pages.h>
#include <base/trial/trial.h>

enum { CLASS_SMALLEST_BITS = 4, CLASS_COUNT = 9, SLABS_MAX = 8192, SLAB_NONE = 0 };

/* One page of objects of one size. Free objects are never written to: what is free stands here. */
struct slab {
    uint64_t used[4];    /* a bit for each object */
    uint16_t free;       /* objects not in use */
    uint16_t size_class; /* object size is 16 << size_class */
    uint16_t next;       /* in the list of its class with free objects, or of unused slabs; SLAB_NONE ends it */
    uint16_t previous;
};

/* Owner: this file. Lock: heap.lock. */
static struct {
    struct spinlock lock;
    uint16_t partial[CLASS_COUNT];                 /* slabs with free objects */
    uint16_t unused;                               /* slabs without a page */
    struct slab slabs[SLABS_MAX];                  /* element 0 stands for none */
    uint16_t slab_of_page[MEMORY_MAX / PAGE_SIZE]; /* the slab on a page frame, or SLAB_NONE */
    uint32_t page_of_slab[SLABS_MAX];
} heap;

void heap_init(void) {
    for (uint16_t index = SLABS_MAX - 1; index > SLAB_NONE; index--) {
        heap.slabs[index].next = heap.unused;
        heap.unused = index;
    }
}

static void slab_link(uint16_t index) {
    struct slab *slab = &heap.slabs[index];
    uint16_t first = heap.partial[slab->size_class];
    slab->next = first;
    slab->previous = SLAB_NONE;
    if (first != SLAB_NONE) {
        heap.slabs[first].previous = index;
    }
    heap.partial[slab->size_class] = index;
}

static void slab_unlink(uint16_t index) {
    struct slab *slab = &heap.slabs[index];
    if (slab->previous != SLAB_NONE) {
        heap.slabs[slab->previous].next = slab->next;
    } else {
        heap.partial[slab->size_class] = slab->next;
    }
    if (slab->next != SLAB_NONE) {
        heap.slabs[slab->next].previous = slab->previous;
    }
}

/* A new slab for a class, linked, or SLAB_NONE. */
static uint16_t slab_create(uint16_t size_class) {
    uint16_t index = heap.unused;
    void *page = index == SLAB_NONE ? NULL : page_allocate(1);
    if (page == NULL) {
        return SLAB_NONE;
    }
    heap.unused = heap.slabs[index].next;
    uint32_t frame = (uint32_t)(direct_map_physical(page) / PAGE_SIZE);
    heap.slabs[index] = (struct slab){.size_class = size_class, .free = (uint16_t)(256 >> size_class)};
    heap.page_of_slab[index] = frame;
    heap.slab_of_page[frame] = index;
    slab_link(index);
    return index;
}

static void slab_destroy(uint16_t index) {
    uint32_t frame = heap.page_of_slab[index];
    slab_unlink(index);
    heap.slab_of_page[frame] = SLAB_NONE;
    heap.slabs[index].next = heap.unused;
    heap.unused = index;
    page_free(direct_map(frame * PAGE_SIZE), 1);
}

static void *slab_take(uint16_t index) {
    struct slab *slab = &heap.slabs[index];
    uint64_t object = 0;
    while (slab->used[object / 64] == ~0ul) {
        object += 64;
    }
    object += (unsigned)__builtin_ctzl(~slab->used[object / 64]);
    slab->used[object / 64] |= 1ul << (object % 64);
    slab->free--;
    if (slab->free == 0) {
        slab_unlink(index);
    }
    return direct_map(heap.page_of_slab[index] * PAGE_SIZE + (object << (slab->size_class + CLASS_SMALLEST_BITS)));
}

void *kmalloc(size_t size) {
    uint16_t size_class = (uint16_t)(size <= 1ul << CLASS_SMALLEST_BITS ? 0 : 64 - __builtin_clzl(size - 1) - CLASS_SMALLEST_BITS);
    if (size_class >= CLASS_COUNT || trial_starves(__builtin_return_address(0))) {
        return NULL;
    }
    uint64_t flags = spinlock_acquire(&heap.lock);
    uint16_t index = heap.partial[size_class];
    if (index == SLAB_NONE) {
        index = slab_create(size_class);
    }
    void *object = index == SLAB_NONE ? NULL : slab_take(index);
    spinlock_release(&heap.lock, flags);
    if (object != NULL) {
        trial_fill(object, 1ul << (size_class + CLASS_SMALLEST_BITS));
    }
    return object;
}

void kfree(void *object) {
    if (object == NULL) {
        return;
    }
    uint64_t physical = direct_map_physical(object);
    uint64_t flags = spinlock_acquire(&heap.lock);
    uint16_t index = physical < MEMORY_MAX ? heap.slab_of_page[physical / PAGE_SIZE] : SLAB_NONE;
    struct slab *slab = &heap.slabs[index];
    uint64_t number = (physical % PAGE_SIZE) >> (slab->size_class + CLASS_SMALLEST_BITS);
    if (index == SLAB_NONE || !(slab->used[number / 64] >> (number % 64) & 1)) {
        machine_panic("kfree: %p is not allocated", object);
    }
    slab->used[number / 64] &= ~(1ul << (number % 64));
    slab->free++;
    if (slab->free == 1) {
        slab_link(index);
    }
    if (slab->free == 256 >> slab->size_class) {
        slab_destroy(index);
    }
    spinlock_release(&heap.lock, flags);
}

static bool slab_used(uint16_t index) {
    return heap.slab_of_page[heap.page_of_slab[index]] == index;
}

/* The objects of a slab that are in use. */
static size_t slab_count(const struct slab *slab) {
    size_t used = 0;
    for (size_t word = 0; word < 4; word++) {
        used += (size_t)__builtin_popcountl(slab->used[word]);
    }
    return used;
}

size_t heap_objects(void) {
    size_t objects = 0;
    uint64_t flags = spinlock_acquire(&heap.lock);
    for (uint16_t index = 1; index < SLABS_MAX; index++) {
        objects += slab_used(index) ? slab_count(&heap.slabs[index]) : 0;
    }
    spinlock_release(&heap.lock, flags);
    return objects;
}

/* Whether a list of slabs with free objects is linked both ways, and ends; counts its slabs. */
static bool partial_consistent(uint16_t size_class, size_t *count) {
    uint16_t previous = SLAB_NONE;
    for (uint16_t index = heap.partial[size_class]; index != SLAB_NONE; index = heap.slabs[index].next) {
        const struct slab *slab = &heap.slabs[index];
        if (++*count > SLABS_MAX || slab->previous != previous || slab->size_class != size_class || slab->free == 0) {
            return false;
        }
        previous = index;
    }
    return true;
}

bool heap_consistent(void) {
    size_t partial = 0, listed = 0;
    bool consistent = true;
    uint64_t flags = spinlock_acquire(&heap.lock);
    for (uint16_t index = 1; index < SLABS_MAX; index++) {
        const struct slab *slab = &heap.slabs[index];
        if (slab_used(index)) {
            consistent = consistent && slab_count(slab) + slab->free == 256ul >> slab->size_class;
            partial += slab->free > 0;
        }
    }
    for (uint16_t size_class = 0; size_class < CLASS_COUNT && consistent; size_class++) {
        consistent = partial_consistent(size_class, &listed);
    }
    consistent = consistent && partial == listed;
    spinlock_release(&heap.lock, flags);
    return consistent;
}
