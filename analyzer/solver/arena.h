#ifndef SOLVER_ARENA_H
#define SOLVER_ARENA_H
/*
 * Memory of one analysis: everything that the solver makes lives until the analysis ends, so it is taken from one arena and freed at
 * once. When memory runs out the arena jumps to `failure`, which analyze_run set; no other code of the solver checks for it.
 */
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* all memory taken from the system */
    char *next;                 /* free part of the newest block */
    char *end;
    void *recycled[48]; /* outgrown vectors by power of two, for the next vector of that size */
    size_t total;       /* bytes taken from the system and not given back */
    jmp_buf failure;    /* where to go when memory runs out; set before the first allocation */
};

void arena_deinit(struct arena *arena);
void arena_reset(struct arena *arena); /* lets all memory go; it can be used again, and fails as before */

/* Zeroed memory, aligned for anything. */
void *arena_allocate(struct arena *arena, size_t size);

/* A larger copy of a vector that came from arena_grow (or NULL); new bytes are zero, the old memory is recycled. Sizes are powers of two times a
 * unit. */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);

/* Gives the memory of a vector back, to other vectors or, where it is large, to the system; `size` as it was asked for. */
void arena_recycle(struct arena *arena, void *memory, size_t size);

/* A formatted string. */
__attribute__((format(printf, 2, 3))) char *arena_format(struct arena *arena, const char *format, ...);
char *arena_copy(struct arena *arena, const char *text, size_t length);

/* A vector of T: struct { T *items; uint32_t count, capacity; }. */
#define VECTOR(T)                                                                                                                                    \
    struct {                                                                                                                                         \
        T *items;                                                                                                                                    \
        uint32_t count;                                                                                                                              \
        uint32_t capacity;                                                                                                                           \
    }

/* Makes room for one more item and counts it; gives its address (zeroed the first time that the slot is used). */
#define VECTOR_ADD(arena, vector)                                                                                                                    \
    (((vector)->count == (vector)->capacity                                                                                                          \
          ? (void)((vector)->items = arena_grow((arena), (vector)->items, (vector)->capacity * sizeof *(vector)->items,                              \
                                                ((vector)->capacity ? (vector)->capacity * 2 : 4) * sizeof *(vector)->items),                        \
                   (vector)->capacity = (vector)->capacity ? (vector)->capacity * 2 : 4)                                                             \
          : (void)0),                                                                                                                                \
     &(vector)->items[(vector)->count++])

#endif
