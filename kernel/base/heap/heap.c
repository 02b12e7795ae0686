#include <base/heap/heap.h>
#include <base/lock/spinlock.h>
#include <base/machine/machine.h>
#include <base/memory/layout.h>
#include <base/memory/pages.h>
#include <base/trial/trial.h>

enum { CLASS_SMALLEST_BITS = 4, CLASS_COUNT = 9, SLABS_MAX = 8192, SLAB_NONE = 0, PAGE_NONE = 0, WORDS = 4 };

/* One page of objects of one size. Free objects are never written to: what is free stands here. */
struct slab {
    uint64_t used[WORDS]; /* a bit for each object; those that stand for none are set as well */
    uint16_t size_class;  /* object size is 16 << size_class */
    uint32_t next;        /* page frame, in the list of its class with free objects; of an unused slab the next such slab */
    uint32_t previous;    /* page frame; PAGE_NONE ends the list both ways */
};

/* Owner: this file. Lock: heap.lock. */
static struct {
    struct spinlock lock;
    uint16_t unused;                               /* slabs without a page */
    uint32_t partial[CLASS_COUNT];                 /* page frames of slabs with free objects */
    struct slab slabs[SLABS_MAX];                  /* element 0 stands for none */
    uint16_t slab_of_page[MEMORY_MAX / PAGE_SIZE]; /* the slab on a page frame, or SLAB_NONE */
} heap;

/* The used bits of an empty slab. */
static const uint64_t slab_empty_bits[CLASS_COUNT][WORDS] = {
    {0, 0, 0, 0},
    {0, 0, ~0ul, ~0ul},
    {0, ~0ul, ~0ul, ~0ul},
    {~0ul << 32, ~0ul, ~0ul, ~0ul},
    {~0ul << 16, ~0ul, ~0ul, ~0ul},
    {~0ul << 8, ~0ul, ~0ul, ~0ul},
    {~0ul << 4, ~0ul, ~0ul, ~0ul},
    {~0ul << 2, ~0ul, ~0ul, ~0ul},
    {~0ul << 1, ~0ul, ~0ul, ~0ul},
};

void heap_init(void) {
    for (uint16_t index = SLABS_MAX - 1; index > SLAB_NONE; index--) {
        heap.slabs[index].next = heap.unused;
        heap.unused = index;
    }
}

static struct slab *slab_at(uint32_t frame) {
    return &heap.slabs[heap.slab_of_page[frame]];
}

static bool slab_full(const struct slab *slab) {
    return (slab->used[0] & slab->used[1] & slab->used[2] & slab->used[3]) == ~0ul;
}

static bool slab_empty(const struct slab *slab) {
    const uint64_t *empty = slab_empty_bits[slab->size_class];
    return slab->used[0] == empty[0] && slab->used[1] == empty[1] && slab->used[2] == empty[2] && slab->used[3] == empty[3];
}

static void slab_link(struct slab *slab, uint32_t frame) {
    uint32_t first = heap.partial[slab->size_class];
    slab->next = first;
    slab->previous = PAGE_NONE;
    if (first != PAGE_NONE) {
        slab_at(first)->previous = frame;
    }
    heap.partial[slab->size_class] = frame;
}

static void slab_unlink(const struct slab *slab) {
    if (slab->previous != PAGE_NONE) {
        slab_at(slab->previous)->next = slab->next;
    } else {
        heap.partial[slab->size_class] = slab->next;
    }
    if (slab->next != PAGE_NONE) {
        slab_at(slab->next)->previous = slab->previous;
    }
}

/* The page frame of a new slab for a class, linked, or PAGE_NONE. */
static uint32_t slab_create(uint16_t size_class) {
    uint16_t index = heap.unused;
    void *page = index == SLAB_NONE ? NULL : page_allocate(1);
    if (page == NULL) {
        return PAGE_NONE;
    }
    struct slab *slab = &heap.slabs[index];
    uint32_t frame = (uint32_t)(direct_map_physical(page) / PAGE_SIZE);
    heap.unused = (uint16_t)slab->next;
    slab->size_class = size_class;
    for (unsigned word = 0; word < WORDS; word++) {
        slab->used[word] = slab_empty_bits[size_class][word];
    }
    heap.slab_of_page[frame] = index;
    slab_link(slab, frame);
    return frame;
}

static void slab_destroy(struct slab *slab, uint32_t frame) {
    slab_unlink(slab);
    slab->next = heap.unused;
    heap.unused = heap.slab_of_page[frame];
    heap.slab_of_page[frame] = SLAB_NONE;
    page_free(direct_map(frame * PAGE_SIZE), 1);
}

/* An object of the slab on a page frame, which has a free one. */
static void *slab_take(uint32_t frame) {
    struct slab *slab = slab_at(frame);
    uint64_t *used = slab->used;
    uint64_t first = 0; /* the object of the word's lowest bit */
    while (*used == ~0ul) {
        used++;
        first += 64;
    }
    uint64_t object = first + (unsigned)__builtin_ctzl(~*used);
    *used |= *used + 1;
    if (*used == ~0ul && slab_full(slab)) {
        slab_unlink(slab);
    }
    return direct_map(frame * PAGE_SIZE + (object << (slab->size_class + CLASS_SMALLEST_BITS)));
}

void *kmalloc(size_t size) {
    uint16_t size_class = (uint16_t)(size <= 1ul << CLASS_SMALLEST_BITS ? 0 : 64 - __builtin_clzl(size - 1) - CLASS_SMALLEST_BITS);
    if (size_class >= CLASS_COUNT || trial_starves(__builtin_return_address(0))) {
        return NULL;
    }
    uint64_t flags = spinlock_acquire(&heap.lock);
    uint32_t frame = heap.partial[size_class];
    if (frame == PAGE_NONE) {
        frame = slab_create(size_class);
    }
    void *object = frame == PAGE_NONE ? NULL : slab_take(frame);
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
    uint32_t frame = (uint32_t)(physical / PAGE_SIZE);
    uint64_t flags = spinlock_acquire(&heap.lock);
    uint16_t index = physical < MEMORY_MAX ? heap.slab_of_page[frame] : SLAB_NONE;
    struct slab *slab = &heap.slabs[index];
    uint64_t number = (physical % PAGE_SIZE) >> (slab->size_class + CLASS_SMALLEST_BITS);
    uint64_t *used = &slab->used[number / 64];
    uint64_t bit = 1ul << (number % 64);
    bool begins = (physical & ((1ul << (slab->size_class + CLASS_SMALLEST_BITS)) - 1)) == 0;
    if (index == SLAB_NONE || !begins || !(*used & bit)) {
        machine_panic("kfree: %p is not allocated", object);
    }
    bool full = *used == ~0ul && slab_full(slab);
    *used &= ~bit;
    if (full) {
        slab_link(slab, frame);
    }
    if (*used == slab_empty_bits[slab->size_class][number / 64] && slab_empty(slab)) {
        slab_destroy(slab, frame);
    }
    spinlock_release(&heap.lock, flags);
}

/* The objects of a slab that are in use: of one without a page, none. */
static size_t slab_count(const struct slab *slab) {
    size_t used = 0;
    for (size_t word = 0; word < WORDS; word++) {
        used += (size_t)__builtin_popcountl(slab->used[word] ^ slab_empty_bits[slab->size_class][word]);
    }
    return used;
}

size_t heap_objects(void) {
    size_t objects = 0;
    uint64_t flags = spinlock_acquire(&heap.lock);
    for (uint16_t index = 1; index < SLABS_MAX; index++) {
        objects += slab_count(&heap.slabs[index]);
    }
    spinlock_release(&heap.lock, flags);
    return objects;
}

/* Whether a list of slabs with free objects is linked both ways, and ends; counts its slabs. */
static bool partial_consistent(uint16_t size_class, size_t *count) {
    uint32_t previous = PAGE_NONE;
    for (uint32_t frame = heap.partial[size_class]; frame != PAGE_NONE; frame = slab_at(frame)->next) {
        const struct slab *slab = slab_at(frame);
        if (++*count > SLABS_MAX || slab->previous != previous || slab->size_class != size_class || slab_full(slab) || slab_empty(slab)) {
            return false;
        }
        previous = frame;
    }
    return true;
}

bool heap_consistent(void) {
    size_t partial = 0, listed = 0;
    bool consistent = true;
    uint64_t flags = spinlock_acquire(&heap.lock);
    for (uint16_t index = 1; index < SLABS_MAX; index++) {
        partial += slab_count(&heap.slabs[index]) > 0 && !slab_full(&heap.slabs[index]);
    }
    for (uint16_t size_class = 0; size_class < CLASS_COUNT && consistent; size_class++) {
        consistent = partial_consistent(size_class, &listed);
    }
    spinlock_release(&heap.lock, flags);
    return consistent && partial == listed;
}
