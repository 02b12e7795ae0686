#include "spillscope/allocations.h"

#include <stdlib.h>
#include <string.h>

void allocations_deinit(struct allocations *allocations) {
    free(allocations->list);
    *allocations = (struct allocations){0};
}

/* Index of the first object that ends behind the address. */
static size_t allocations_lower(const struct allocations *allocations, uint64_t address) {
    size_t low = 0;
    size_t high = allocations->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct allocation *each = &allocations->list[middle];
        if (each->address + each->size <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct error *allocations_add(struct allocations *allocations, uint64_t address, uint64_t size, const char *const *roots, size_t root_count) {
    uint64_t length = size ? size : 1;
    size_t from = allocations_lower(allocations, address);
    size_t end = from;
    while (end < allocations->count && allocations->list[end].address < address + length) {
        end++; /* what is still noted as live here was freed without being seen */
    }
    if (from == end && allocations->count == allocations->capacity) {
        size_t capacity = allocations->capacity ? allocations->capacity * 2 : 256;
        struct allocation *grown = realloc(allocations->list, capacity * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        allocations->list = grown;
        allocations->capacity = capacity;
    }
    memmove(allocations->list + from + 1, allocations->list + end, (allocations->count - end) * sizeof *allocations->list);
    allocations->count = allocations->count - (end - from) + 1;
    allocations->list[from] = (struct allocation){
        .address = address, .size = length, .serial = ++allocations->serial, .live = true, .roots = roots, .root_count = root_count};
    return NULL;
}

void allocations_free(struct allocations *allocations, uint64_t address) {
    size_t at = allocations_lower(allocations, address);
    if (at < allocations->count && allocations->list[at].address == address) {
        allocations->list[at].live = false;
    }
}

const struct allocation *allocations_at(const struct allocations *allocations, uint64_t address) {
    size_t at = allocations_lower(allocations, address);
    return at < allocations->count && allocations->list[at].address <= address ? &allocations->list[at] : NULL;
}
