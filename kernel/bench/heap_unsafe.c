#include <base/lib/list.h>
#include <base/lock/spinlock.h>
#include <base/memory/layout.h>
#include <base/memory/pages.h>
#include <bench/heap_unsafe.h>

enum { CLASS_SMALLEST_BITS = 4, CLASS_COUNT = 8 };

/* In place of the first objects of its page. */
struct page_header {
    struct list link; /* in the list of its class, while it has free objects */
    void *free;       /* objects, each beginning with a pointer to the next */
    uint32_t used;
    uint32_t size_class;
};

/* Owner: this file. Lock: unsafe.lock. */
static struct {
    struct spinlock lock;
    struct list partial[CLASS_COUNT];
} unsafe;

static struct page_header *page_create(uint32_t size_class) {
    uint8_t *page = page_allocate(1);
    size_t size = 1ul << (size_class + CLASS_SMALLEST_BITS);
    if (page == NULL) {
        return NULL;
    }
    struct page_header *header = (struct page_header *)(void *)page;
    *header = (struct page_header){.size_class = size_class};
    for (size_t at = (sizeof *header + size - 1) / size * size; at + size <= PAGE_SIZE; at += size) {
        *(void **)(void *)(page + at) = header->free;
        header->free = page + at;
    }
    list_insert(&unsafe.partial[size_class], &header->link);
    return header;
}

void *heap_unsafe_allocate(size_t size) {
    uint32_t size_class = size <= 1ul << CLASS_SMALLEST_BITS ? 0 : 64 - (uint32_t)__builtin_clzl(size - 1) - CLASS_SMALLEST_BITS;
    uint64_t flags = spinlock_acquire(&unsafe.lock);
    struct list *partial = &unsafe.partial[size_class];
    if (partial->next == NULL) {
        list_init(partial);
    }
    struct page_header *header = list_empty(partial) ? page_create(size_class) : container_of(partial->next, struct page_header, link);
    void *object = NULL;
    if (header != NULL) {
        object = header->free;
        header->free = *(void **)object;
        header->used++;
        if (header->free == NULL) {
            list_remove(&header->link);
        }
    }
    spinlock_release(&unsafe.lock, flags);
    return object;
}

void heap_unsafe_free(void *object) {
    struct page_header *header = (struct page_header *)((uint64_t)object & ~(uint64_t)(PAGE_SIZE - 1));
    uint64_t flags = spinlock_acquire(&unsafe.lock);
    if (header->free == NULL) {
        list_insert(&unsafe.partial[header->size_class], &header->link);
    }
    *(void **)object = header->free;
    header->free = object;
    if (--header->used == 0) {
        list_remove(&header->link);
        page_free(header, 1);
    }
    spinlock_release(&unsafe.lock, flags);
}
