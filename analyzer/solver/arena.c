#include "arena.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)1 << 20)
#define ALIGNMENT ((size_t)16)
/* Memory larger than this has a block of its own, which goes back to the system. The address sanitizer sees stale pointers into these only. */
#ifdef __SANITIZE_ADDRESS__
#define LARGE ALIGNMENT
#else
#define LARGE (BLOCK_SIZE / 4)
#endif

struct arena_block {
    struct arena_block *previous; /* the block that was taken before */
    struct arena_block *next;
    size_t size;
};

#define HEADER ((sizeof(struct arena_block) + ALIGNMENT - 1) & ~(ALIGNMENT - 1))

void arena_deinit(struct arena *arena) {
    while (arena->blocks) {
        struct arena_block *previous = arena->blocks->previous;
        free(arena->blocks);
        arena->blocks = previous;
    }
    arena->next = arena->end = NULL;
}

void arena_reset(struct arena *arena) {
    arena_deinit(arena);
    memset(arena->recycled, 0, sizeof arena->recycled);
    arena->total = 0;
}

static char *block_add(struct arena *arena, size_t size) {
    struct arena_block *block = calloc(1, HEADER + size);
    if (!block) {
        longjmp(arena->failure, 1);
    }
    block->previous = arena->blocks;
    if (arena->blocks) {
        arena->blocks->next = block;
    }
    block->size = size;
    arena->blocks = block;
    arena->total += HEADER + size;
    return (char *)block + HEADER;
}

static void block_free(struct arena *arena, char *memory) {
    struct arena_block *block = (struct arena_block *)(memory - HEADER);
    arena->total -= HEADER + block->size;
    if (block->previous) {
        block->previous->next = block->next;
    }
    if (block->next) {
        block->next->previous = block->previous;
    } else {
        arena->blocks = block->previous;
    }
    free(block);
}

void *arena_allocate(struct arena *arena, size_t size) {
    size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    if (size > LARGE) {
        return block_add(arena, size);
    }
    if ((size_t)(arena->end - arena->next) < size) {
        arena->next = block_add(arena, BLOCK_SIZE);
        arena->end = arena->next + BLOCK_SIZE;
    }
    void *memory = arena->next;
    arena->next += size;
    return memory;
}

/* Index of the largest power of two that fits into `size`. */
static unsigned size_class(size_t size) {
    return (unsigned)(63 - __builtin_clzll((unsigned long long)size));
}

/* A power of two that holds the size: vectors of one class can stand in for each other. */
static size_t rounded_size(size_t size) {
    return size <= ALIGNMENT ? ALIGNMENT : (size_t)1 << (size_class(size - 1) + 1);
}

void arena_recycle(struct arena *arena, void *memory, size_t size) {
    if (rounded_size(size) > LARGE) {
        block_free(arena, memory);
        return;
    }
    unsigned class = size_class(rounded_size(size));
    memcpy(memory, &arena->recycled[class], sizeof(void *));
    arena->recycled[class] = memory;
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size) {
    size_t rounded = rounded_size(new_size);
    unsigned class = size_class(rounded);
    void *memory = arena->recycled[class];
    if (memory) {
        memcpy(&arena->recycled[class], memory, sizeof(void *));
        memset(memory, 0, rounded);
    } else {
        memory = arena_allocate(arena, rounded);
    }
    if (old && old_size) {
        memcpy(memory, old, old_size);
        arena_recycle(arena, old, old_size);
    }
    return memory;
}

char *arena_copy(struct arena *arena, const char *text, size_t length) {
    char *copy = arena_allocate(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *arena_format(struct arena *arena, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (length < 0) {
        length = 0;
    }
    char *text = arena_allocate(arena, (size_t)length + 1);
    va_start(list, format);
    vsnprintf(text, (size_t)length + 1, format, list);
    va_end(list);
    return text;
}
