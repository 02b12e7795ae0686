#include "spillscope/stack_map.h"

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
        if (catalog->stack_base + image->pointer_size <= size && bases->count < TASK_LIMIT) {
            memcpy(&base, bytes + catalog->stack_base, image->pointer_size);
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

static void bases_collect(const struct catalog *catalog, const struct plan *plan, const struct snapshot *snapshot, struct bases *bases) {
    for (uint32_t i = 0; i < snapshot->count; i++) {
        const struct region *region = &snapshot->regions[i];
        if (catalog->task_scope->holds[region->shape]) {
            bases_find(catalog, plan->image, plan->shapes[region->shape].type, snapshot->bytes + region->data, region->size, 0, bases);
        }
    }
}

static bool bases_have(const struct bases *bases, uint64_t base) {
    for (size_t i = 0; i < bases->count; i++) {
        if (bases->list[i] == base) {
            return true;
        }
    }
    return false;
}

/* A stack whose task is gone is no stack any more, though transactions that never returned may still be noted on it. True when one went. */
static bool stacks_forget(const struct catalog *catalog, const struct bases *bases, struct track *track) {
    bool moved = false;
    for (size_t i = 0; i < track->count; i++) {
        struct track_stack *stack = track->stacks[i];
        bool boot = false;
        for (uint32_t b = 0; b < catalog->boot_stack_count; b++) {
            boot = boot || catalog->boot_stacks[b].low == stack->low;
        }
        bool known = boot || bases_have(bases, stack->low);
        moved = moved || known != stack->known;
        stack->gone = stack->known && !known;
        stack->known = known;
    }
    return moved;
}

struct error *stack_map_update(const struct catalog *catalog, const struct plan *plan, const struct snapshot *tasks, struct track *track,
                               bool *out_moved) {
    struct bases *bases SCOPE_FREE = calloc(1, sizeof *bases);
    struct error *error = bases ? NULL : error_out_of_memory();
    if (error) {
        return error;
    }
    bases_collect(catalog, plan, tasks, bases);
    bool moved = stacks_forget(catalog, bases, track);
    for (size_t i = 0; !error && i < bases->count; i++) {
        struct track_stack *stack = track_stack_at(track, bases->list[i]);
        if (stack && stack->low == bases->list[i]) {
            continue;
        }
        char name[40];
        snprintf(name, sizeof name, "stack 0x%llx", (unsigned long long)bases->list[i]);
        error = track_stack_add(track, bases->list[i], bases->list[i] + catalog->stack_size, name, true, &stack);
        moved = true;
    }
    if (!error) {
        *out_moved = moved;
    }
    return error;
}

struct error *stack_map_refresh(const struct catalog *catalog, const struct plan *plan, struct guest_memory *memory, struct track *track) {
    if (!catalog->task_scope) {
        return NULL;
    }
    struct snapshot_request request = {
        .plan = plan, .scope = catalog->task_scope, .memory = memory, .object_budget = 1U << 16, .byte_budget = 64U << 20};
    struct snapshot *snapshot = NULL;
    bool moved = false;
    struct error *error = snapshot_take(&request, &snapshot);
    if (!error) {
        error = stack_map_update(catalog, plan, snapshot, track, &moved);
    }
    snapshot_destroy(snapshot);
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
