#ifndef SPILLSCOPE_PERCPU_H
#define SPILLSCOPE_PERCPU_H
/*
 * Variables that each processor has a copy of (manifest [percpu]): those between two symbols, at their linked address plus the processor's entry in
 * an array; and thread-local ones, at their offset in the processor's block of them. Their state keys name no processor; instances do.
 */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/guest_memory.h"
#include "spillscope/image.h"
#include "spillscope/store.h"

enum { PERCPU_MAX = 64 };

struct percpu {
    uint64_t low; /* linked addresses of the per-CPU variables; low == high: there are none */
    uint64_t high;
    uint64_t offsets;        /* address of the array of what to add for each processor */
    uint64_t blocks;         /* address of the array of the processors' blocks of thread-local variables; 0 = these are not described */
    uint64_t count;          /* of processors; 0 = as many as the variable says */
    uint64_t count_variable; /* its address */
    uint32_t count_size;     /* its bytes */
};

/* ERROR_MISMATCH: a symbol that the image does not have. */
struct error *percpu_load(struct store *store, const struct image *image, struct percpu *out_percpu);

/* Does each processor have a copy of the variable? */
bool percpu_has(const struct percpu *percpu, const struct variable *variable);

/* Where the copies of the running kernel lie: what to add to an address for each processor. */
struct percpu_places {
    uint32_t cpus;
    uint64_t mask; /* of addresses: sums wrap around */
    uint64_t offset[PERCPU_MAX];
    uint64_t block[PERCPU_MAX];
};
/* A processor that has no copy yet (its entry is 0, or cannot be read) has UINT64_MAX. */
struct error *percpu_read(const struct percpu *percpu, struct guest_memory *memory, uint32_t pointer_size, struct percpu_places *out_places);

/* Address of a processor's copy; false when it has none. */
bool percpu_place(const struct percpu_places *places, const struct variable *variable, uint32_t cpu, uint64_t *out_address);

#endif
