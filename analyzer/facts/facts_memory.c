#include "facts_memory.h"
#include <stdlib.h>
#include <string.h>

#define CHUNK_SIZE ((size_t)256 * 1024)
#define ALIGNMENT sizeof(max_align_t)

struct facts_chunk {
    struct facts_chunk *before;
    size_t used;
    size_t capacity;
    max_align_t bytes[];
};

void *facts_memory_take(struct facts_memory *memory, size_t count, size_t size) {
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) {
        return NULL;
    }
    bytes = bytes == 0 ? ALIGNMENT : (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct facts_chunk *chunk = memory->last;
    if (!chunk || chunk->capacity - chunk->used < bytes) {
        size_t capacity = bytes > CHUNK_SIZE ? bytes : CHUNK_SIZE;
        chunk = calloc(1, sizeof(*chunk) + capacity);
        if (!chunk) {
            return NULL;
        }
        chunk->capacity = capacity;
        chunk->before = memory->last;
        memory->last = chunk;
    }
    void *result = (unsigned char *)chunk->bytes + chunk->used;
    chunk->used += bytes;
    return result;
}

void facts_memory_deinit(struct facts_memory *memory) {
    struct facts_chunk *chunk = memory->last;
    while (chunk) {
        struct facts_chunk *before = chunk->before;
        free(chunk);
        chunk = before;
    }
    memory->last = NULL;
}

void facts_destroy(struct facts_unit *unit) {
    if (!unit) {
        return;
    }
    /* The unit lies in its own memory: take the chunk list out before the chunks go. */
    struct facts_memory memory = ((struct facts_owned_unit *)unit)->memory;
    facts_memory_deinit(&memory);
}
