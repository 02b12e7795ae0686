#include "heap_watch.h"

void heap_watch_deinit(struct heap_watch *watch) {
    allocations_deinit(&watch->allocations);
}

/* An argument's value, or `fallback` when the manifest names none. */
static struct error *argument_value(struct guest *guest, int index, uint64_t fallback, uint64_t *out_value) {
    *out_value = fallback;
    return index >= 0 ? guest_call_argument(guest, (uint32_t)index, out_value) : NULL;
}

struct error *heap_watch_enter(struct heap_watch *watch, struct guest *guest, struct points *points, const struct site_allocator *allocator) {
    struct error *error = NULL;
    if (allocator->frees) {
        uint64_t address = 0;
        error = argument_value(guest, allocator->pointer, 0, &address);
        if (!error) {
            allocations_free(&watch->allocations, address);
        }
        return error;
    }
    struct allocator_call call = {.slot = guest->registers.sp, .allocator = allocator};
    uint64_t size = 0;
    uint64_t count = 0;
    bool valid = false;
    error = argument_value(guest, allocator->size, 0, &size);
    error = error ? error : argument_value(guest, allocator->count, 1, &count);
    error = error ? error : guest_call_return(guest, &call.back, &valid);
    if (error || !valid) {
        return error;
    }
    call.size = size * count;
    for (size_t i = 0; i < watch->call_count; i++) {
        if (watch->calls[i].slot == call.slot) { /* executed again after an interrupt, or left behind by a task that ended */
            uint64_t watched = watch->calls[i].back.pc;
            watch->calls[i] = call;
            error = points_add_return(points, call.slot, call.back.pc);
            return error ? error : points_remove_return(points, call.slot, watched);
        }
    }
    if (watch->call_count == HEAP_WATCH_CALLS) {
        return NULL;
    }
    watch->calls[watch->call_count++] = call;
    return points_add_return(points, call.slot, call.back.pc);
}

struct error *heap_watch_returned(struct heap_watch *watch, const struct guest *guest, struct points *points) {
    const struct guest_registers *registers = &guest->registers;
    for (size_t i = 0; i < watch->call_count; i++) {
        struct allocator_call call = watch->calls[i];
        if (registers->pc != call.back.pc || registers->sp != call.back.sp) {
            continue;
        }
        const char *const *roots = NULL;
        size_t count = 0;
        watch->calls[i] = watch->calls[--watch->call_count];
        struct error *error = points_remove_return(points, call.slot, call.back.pc);
        if (!error && registers->result) {
            error = sites_types(watch->sites, watch->image, call.allocator, call.back.pc, &roots, &count);
        }
        return error || !registers->result ? error : allocations_add(&watch->allocations, registers->result, call.size, roots, count);
    }
    return NULL;
}
