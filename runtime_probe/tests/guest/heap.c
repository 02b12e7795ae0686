/* Blocks outside of the image; the one freed last is given out first. */
#include "guest.h"

enum { BLOCK = 128, BLOCKS = 16 };

static unsigned heap_used;
static void *heap_free;

void *heap_take(size_t size) {
    void *memory = heap_free;
    heap_free = NULL;
    if (!memory && size <= BLOCK && heap_used < BLOCKS) {
        memory = (char *)HEAP_BASE + (size_t)BLOCK * heap_used++;
    }
    return memory;
}

void heap_give(void *memory) {
    heap_free = memory;
}
