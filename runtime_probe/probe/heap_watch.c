#include "heap_watch.h"

enum { WORD = 8 };

void heap_watch_deinit(struct heap_watch *watch) {
    allocations_deinit(&watch->allocations);
}

/* An argument register's value, or `fallback` when the manifest names none. */
static uint64_t argument_value(const struct guest *guest, int index, uint64_t fallback) {
    return index >= 0 && index < ARCH_ARGUMENTS ? guest->registers.arguments[index] : fallback;
}

struct error *heap_watch_enter(struct heap_watch *watch, struct guest *guest, struct points *points, const struct site_allocator *allocator) {
    if (allocator->frees) {
        allocations_free(&watch->allocations, argument_value(guest, allocator->pointer, 0));
        return NULL;
    }
    struct allocator_call call = {.slot = guest->registers.sp, .allocator = allocator};
    call.size = argument_value(guest, allocator->size, 0) * argument_value(guest, allocator->count, 1);
    bool valid = false;
    struct error *error = guest_read_word(guest, call.slot, &call.return_pc, &valid);
    if (error || !valid) {
        return error;
    }
    for (size_t i = 0; i < watch->call_count; i++) {
        if (watch->calls[i].slot == call.slot) {
            watch->calls[i] = call; /* executed again after an interrupt, or left behind by a task that ended: the slot is watched already */
            return NULL;
        }
    }
    if (watch->call_count == HEAP_WATCH_CALLS) {
        return NULL;
    }
    watch->calls[watch->call_count++] = call;
    return points_add(points, SESSION_WATCH_READ, call.slot, WORD);
}

struct error *heap_watch_returned(struct heap_watch *watch, const struct guest *guest, struct points *points) {
    const struct guest_registers *registers = &guest->registers;
    for (size_t i = 0; i < watch->call_count; i++) {
        struct allocator_call call = watch->calls[i];
        if (registers->pc != call.return_pc || registers->sp != call.slot + WORD) {
            continue;
        }
        const char *const *roots = NULL;
        size_t count = 0;
        watch->calls[i] = watch->calls[--watch->call_count];
        struct error *error = points_remove(points, SESSION_WATCH_READ, call.slot, WORD);
        if (!error && registers->result) {
            error = sites_types(watch->sites, watch->image, call.allocator, call.return_pc, &roots, &count);
        }
        return error || !registers->result ? error : allocations_add(&watch->allocations, registers->result, call.size, roots, count);
    }
    return NULL;
}
