/* The guest's allocator: objects side by side in a pool, handed out once. Entity "base". */
#include "scene.h"

static unsigned char pool[65536] __attribute__((aligned(16)));
static word pool_used;

__attribute__((noinline)) void *heap_take(word size) {
    void *object = pool + pool_used;
    pool_used += (size + 15) & ~15ul;
    return object;
}

__attribute__((noinline)) word heap_take_many(word size, word count, void **objects) {
    for (word i = 0; i < count; i++) {
        objects[i] = pool + pool_used;
        pool_used += (size + 15) & ~15ul;
    }
    return count;
}

__attribute__((noinline)) void heap_give(void *object) {
    *(volatile unsigned char *)object = 0xdd; /* an allocator may write into what it takes back */
}
