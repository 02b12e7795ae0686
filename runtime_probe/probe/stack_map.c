#include "stack_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GUESS_SIZE = 16384, TASK_LIMIT = 4096, NEST_LIMIT = 8 };

struct bases {
    uint64_t list[TASK_LIMIT];
    size_t count;
};

/* Collects the stack base of every task structure within an object. */
static void bases_find(const struct catalog *catalog, const struct image *image, uint32_t type_index, const uint8_t *bytes, uint64_t size, int depth,
                       struct bases *bases) {
    const struct type *type = &image->types[type_index];
    if (depth > NEST_LIMIT) {
        return;
    }
    if (type_index == catalog->task_type) {
        uint64_t base = 0;
        if (catalog->stack_base + sizeof base <= size && bases->count < TASK_LIMIT) {
            memcpy(&base, bytes + catalog->stack_base, sizeof base);
            if (base) {
                bases->list[bases->count++] = base;
            }
        }
        return;
    }
    if (type->kind == TYPE_ARRAY && image->types[type->target].size) {
        uint64_t stride = image->types[type->target].size;
        for (uint64_t at = 0; at + stride <= size && at / stride < type->count; at += stride) {
            bases_find(catalog, image, type->target, bytes + at, stride, depth + 1, bases);
        }
    } else if (type->kind == TYPE_STRUCT) {
        for (uint32_t i = 0; i < type->member_count; i++) {
            uint64_t at = type->members[i].bit_offset / 8;
            if (at < size) {
                bases_find(catalog, image, type->members[i].type, bytes + at, size - at, depth + 1, bases);
            }
        }
    }
}

static struct error *bases_read(const struct catalog *catalog, const struct plan *plan, struct guest_memory *memory, struct bases *bases) {
    struct snapshot_request request = {
        .plan = plan, .scope = catalog->task_scope, .memory = memory, .object_budget = 1U << 16, .byte_budget = 64U << 20};
    struct snapshot *snapshot = NULL;
    struct error *error = snapshot_take(&request, &snapshot);
    for (uint32_t i = 0; !error && i < snapshot->count; i++) {
        const struct region *region = &snapshot->regions[i];
        if (catalog->task_scope->holds[region->shape]) {
            bases_find(catalog, plan->image, plan->shapes[region->shape].type, snapshot->bytes + region->data, region->size, 0, bases);
        }
    }
    snapshot_destroy(snapshot);
    return error;
}

static bool bases_have(const struct bases *bases, uint64_t base) {
    for (size_t i = 0; i < bases->count; i++) {
        if (bases->list[i] == base) {
            return true;
        }
    }
    return false;
}

/* A stack whose task is gone is no stack any more, though transactions that never returned may still be noted on it. */
static void stacks_forget(const struct catalog *catalog, const struct bases *bases, struct track *track) {
    for (size_t i = 0; i < track->count; i++) {
        struct track_stack *stack = track->stacks[i];
        bool boot = false;
        for (uint32_t b = 0; b < catalog->boot_stack_count; b++) {
            boot = boot || catalog->boot_stacks[b].low == stack->low;
        }
        bool known = boot || bases_have(bases, stack->low);
        stack->gone = stack->known && !known;
        stack->known = known;
    }
}

struct error *stack_map_refresh(const struct catalog *catalog, const struct plan *plan, struct guest_memory *memory, struct track *track) {
    if (!catalog->task_scope) {
        return NULL;
    }
    struct bases *bases SCOPE_FREE = calloc(1, sizeof *bases);
    struct error *error = bases ? bases_read(catalog, plan, memory, bases) : error_out_of_memory();
    if (error) {
        return error;
    }
    stacks_forget(catalog, bases, track);
    for (size_t i = 0; !error && i < bases->count; i++) {
        struct track_stack *stack = track_stack_at(track, bases->list[i]);
        if (stack && stack->low == bases->list[i]) {
            continue;
        }
        char name[40];
        snprintf(name, sizeof name, "stack 0x%llx", (unsigned long long)bases->list[i]);
        error = track_stack_add(track, bases->list[i], bases->list[i] + catalog->stack_size, name, true, &stack);
    }
    return error;
}

struct error *stack_map_guess(struct track *track, uint64_t sp, struct track_stack **out_stack) {
    uint64_t low = sp & ~(uint64_t)(GUESS_SIZE - 1);
    char name[40];
    snprintf(name, sizeof name, "stack near 0x%llx", (unsigned long long)low);
    return track_stack_add(track, low, low + GUESS_SIZE, name, false, out_stack);
}

struct error *stack_map_ranges(const struct track *track, struct snapshot_range **out_ranges, size_t *out_count) {
    struct snapshot_range *ranges = calloc(track->count + 1, sizeof *ranges);
    size_t count = 0;
    if (!ranges) {
        return error_out_of_memory();
    }
    for (size_t i = 0; i < track->count; i++) {
        if (track->stacks[i]->known) {
            ranges[count++] = (struct snapshot_range){.low = track->stacks[i]->low, .high = track->stacks[i]->high};
        }
    }
    *out_ranges = ranges;
    *out_count = count;
    return NULL;
}
