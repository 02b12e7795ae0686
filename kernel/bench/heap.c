#include <base/console/console.h>
#include <base/cpu/instructions.h>
#include <base/heap/heap.h>
#include <base/machine/machine.h>
#include <base/memory/layout.h>
#include <base/memory/pages.h>
#include <bench/heap.h>
#include <bench/heap_unsafe.h>

enum { OBJECTS = 1024, OBJECT_PAGES = OBJECTS * sizeof(void *) / PAGE_SIZE, THREADTEST_SIZE = 8, SHBENCH_SIZE_MAX = 1000 };

typedef void *allocate_function(size_t size);
typedef void free_function(void *object);

struct heap_design {
    const char *name;
    allocate_function *allocate;
    free_function *free;
};

static void *object_create(const struct heap_design *heap, size_t size) {
    void *object = heap->allocate(size);
    if (object == NULL) {
        machine_panic("bench: no memory in the %s heap", heap->name);
    }
    return object;
}

/* Each round allocates all of them, then frees all (Berger et al., ASPLOS 2000). */
static uint64_t threadtest(const struct heap_design *heap, void **objects, uint64_t rounds) {
    for (uint64_t round = 0; round < rounds; round++) {
        for (unsigned i = 0; i < OBJECTS; i++) {
            objects[i] = object_create(heap, THREADTEST_SIZE);
        }
        for (unsigned i = 0; i < OBJECTS; i++) {
            heap->free(objects[i]);
        }
    }
    return rounds * OBJECTS;
}

/* Each operation ends an object and begins another one, of any size, in a place taken at random (after MicroQuill's SmartHeap benchmark). */
static uint64_t shbench(const struct heap_design *heap, void **objects, uint64_t rounds) {
    uint64_t random = 1;
    for (unsigned i = 0; i < OBJECTS; i++) {
        objects[i] = object_create(heap, 1 + i % SHBENCH_SIZE_MAX);
    }
    for (uint64_t i = 0; i < rounds * OBJECTS; i++) {
        random ^= random << 13; /* xorshift64, Marsaglia 2003 */
        random ^= random >> 7;
        random ^= random << 17;
        void **object = &objects[random % OBJECTS];
        heap->free(*object);
        *object = object_create(heap, 1 + (random >> 32) % SHBENCH_SIZE_MAX);
    }
    for (unsigned i = 0; i < OBJECTS; i++) {
        heap->free(objects[i]);
    }
    return (rounds + 1) * OBJECTS;
}

void bench_heap(uint64_t operations) {
    static const struct heap_design heaps[] = {{"unsafe", heap_unsafe_allocate, heap_unsafe_free}, {"checked", kmalloc, kfree}};
    uint64_t rounds = operations / OBJECTS + 1;
    void **objects = page_allocate(OBJECT_PAGES);
    if (objects == NULL) {
        machine_panic("bench: no memory for the objects");
    }
    for (unsigned i = 0; i < sizeof heaps / sizeof heaps[0]; i++) {
        uint64_t begin = timestamp_read();
        uint64_t count = threadtest(&heaps[i], objects, rounds);
        console_print("bench: threadtest_%s 0 %lu %lu\n", heaps[i].name, count, timestamp_read() - begin);
        begin = timestamp_read();
        count = shbench(&heaps[i], objects, rounds);
        console_print("bench: shbench_%s 0 %lu %lu\n", heaps[i].name, count, timestamp_read() - begin);
    }
    page_free(objects, OBJECT_PAGES);
}
