/* What allocators give and take, as the watcher sees it. */
#include "watcher_messages.h"
#include "returns.h"
#include "watcher_private.h"

enum { HEAP_EVENTS_MAX = 1 << 16, CALLS_MAX = 4096 };

static void heap_note(struct watcher *watcher, uint64_t low, uint64_t high) {
    struct vector *events = &watcher->ground.heap_events;
    if (events->count >= HEAP_EVENTS_MAX) {
        vector_clear(events);
        uint32_t count = watcher->catalog->count + watcher->catalog->group_count;
        for (uint32_t i = 0; i <= count; i++) {
            struct capture *capture = i < count ? &watcher->captures[i] : &watcher->tasks;
            snapshot_destroy(capture->now); /* walked anew when it is needed */
            capture->now = NULL;
            capture->heap_events = 0;
        }
    }
    *(struct heap_event *)vector_push(events) = (struct heap_event){low, high};
}

static uint64_t argument_value(const struct watcher_place *place, int index, uint64_t fallback) {
    return index >= 0 && index < WATCHER_ARGUMENTS ? place->arguments[index] : fallback;
}

struct error *watcher_allocator(struct watcher *watcher, const struct watcher_place *place, const struct site_allocator *allocator) {
    watcher->ground.translation.root = place->root;
    if (allocator->frees) {
        uint64_t address = argument_value(place, allocator->pointer, 0);
        const struct allocation *known = allocations_at(&watcher->allocations, address);
        if (known && known->address == address) {
            heap_note(watcher, address, address + known->size);
            allocations_free(&watcher->allocations, address);
        }
        return NULL;
    }
    struct guest_return back = {0};
    struct watcher_call call = {.allocator = allocator, .log = watcher->cpus[place->cpu].log};
    call.stored = call.log ? call.log->count : 0;
    call.size = argument_value(place, allocator->size, 0) * argument_value(place, allocator->count, 1);
    if (!watcher_call_return(watcher, place, &back)) {
        return NULL;
    }
    call.return_pc = back.pc;
    call.return_sp = back.sp;
    for (size_t i = 0; i < watcher->calls.count; i++) {
        struct watcher_call *known = VECTOR_AT(&watcher->calls, struct watcher_call, i);
        if (known->return_sp == call.return_sp) { /* left behind by a task that ended */
            watcher_filter_remove(watcher, known->return_pc);
            watcher_filter_add(watcher, call.return_pc);
            *known = call;
            return NULL;
        }
    }
    if (watcher->calls.count < CALLS_MAX) {
        *(struct watcher_call *)vector_push(&watcher->calls) = call;
        watcher_filter_add(watcher, call.return_pc);
    }
    return watcher->calls.failed ? error_out_of_memory() : NULL;
}

/* Tells every task's log of a new object. What the allocator itself stored there (zeroes) belongs to it. */
static void heap_born(struct watcher *watcher, const struct watcher_call *call, uint64_t address) {
    enum { PAGE = 4096 };
    guest_memory_moved(watcher->ground.memory, &watcher->ground.translation);
    for (uint64_t done = 0; watcher->open && done < call->size;) {
        uint64_t at = address + done;
        uint64_t step = PAGE - at % PAGE < call->size - done ? PAGE - at % PAGE : call->size - done;
        struct guest_memory_path path;
        guest_memory_find_page(watcher->ground.memory, at & ~(uint64_t)(PAGE - 1), &path);
        for (size_t i = 0; path.page != GUEST_MEMORY_NOWHERE && i < watcher->track.count; i++) {
            const struct track_stack *stack = watcher->track.stacks[i];
            for (size_t f = 0; f < stack->count; f++) {
                const struct open_transaction *open = stack->frames[f].payload;
                if (open && open->first && open->log) {
                    struct store_range range = {.ram = path.page + at % PAGE, .size = step};
                    store_log_born(open->log, &range, open->log == call->log ? call->stored : open->log->count);
                }
            }
        }
        done += step;
    }
}

struct error *watcher_allocator_returned(struct watcher *watcher, const struct watcher_place *place) {
    for (size_t i = 0; i < watcher->calls.count; i++) {
        struct watcher_call call = *VECTOR_AT(&watcher->calls, struct watcher_call, i);
        if (call.return_pc != place->pc || call.return_sp != place->sp) {
            continue;
        }
        *VECTOR_AT(&watcher->calls, struct watcher_call, i) = *VECTOR_AT(&watcher->calls, struct watcher_call, watcher->calls.count - 1);
        watcher->calls.count--;
        watcher_filter_remove(watcher, call.return_pc);
        if (!place->result) {
            return NULL;
        }
        heap_born(watcher, &call, place->result);
        const char *const *roots = NULL;
        size_t count = 0;
        uint64_t end = place->result + (call.size ? call.size : 1);
        const struct allocation *first = allocations_at(&watcher->allocations, place->result);
        const struct allocation *last = allocations_at(&watcher->allocations, end - 1);
        heap_note(watcher, first && first->address < place->result ? first->address : place->result,
                  last && last->address + last->size > end ? last->address + last->size : end);
        struct error *error = sites_types(watcher->sites, watcher->image, call.allocator, call.return_pc, &roots, &count);
        return error ? error : allocations_add(&watcher->allocations, place->result, call.size, roots, count);
    }
    return NULL;
}
