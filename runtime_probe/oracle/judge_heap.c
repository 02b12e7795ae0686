#include "judge_heap.h"

/* An object that an allocator gave, at each place that it stands for. */
static uint32_t judge_add_object(struct judge *judge, const struct pending_object *object, uint64_t root, uint64_t since) {
    const struct layout *layout = &judge->map.layout;
    uint64_t size = object->size;
    uint32_t index = HEAP_NONE;
    if (object->size_at && !guest_memory_word(&judge->memory, root, object->size_at, 4, &size)) {
        return HEAP_NONE;
    }
    if (!size || size > judge->memory.size) {
        return HEAP_NONE;
    }
    for (unsigned cpu = 0; cpu < (object->percpu ? layout->cpus : 1); cpu++) {
        uint64_t address = object->handle ? layout_page(layout, object->address) : object->address + (object->percpu ? layout->cpu_offset[cpu] : 0);
        index = heap_objects_add(&judge->heap, &judge->memory, root, address, size, object->pages, object->born, since);
        if (index != HEAP_NONE) {
            observations_adopt(judge, index);
            heap_object(&judge->heap, index)->root = typing_adopted(&judge->typing, object->root, size);
        }
    }
    return index;
}

void judge_heap_settle(struct judge *judge, uint64_t root) {
    layout_read(&judge->map.layout, &judge->memory, root);
    for (size_t i = 0; i < judge->pending.count; i++) {
        const struct pending_object *pending = VECTOR_AT(&judge->pending, struct pending_object, i);
        if (!pending->gone) {
            judge_add_object(judge, pending, root, pending->born);
        }
    }
    vector_clear(&judge->pending);
    map_clear(&judge->pending_at);
    typing_adopt(&judge->typing, &judge->map, &judge->heap, root);
    judge->settled = true;
}

static struct pending_object *pending_at(struct judge *judge, uint64_t address) {
    uint64_t place = 0;
    struct pending_object *pending =
        map_find(&judge->pending_at, address, &place) ? VECTOR_AT(&judge->pending, struct pending_object, place - 1) : NULL;
    return pending && !pending->gone ? pending : NULL;
}

static uint64_t allocation_size(const struct recorder_hook *hook, const struct frame *frame) {
    uint64_t size = hook->size >= 0 ? frame->arguments[hook->size] : 1;
    if (hook->count >= 0) {
        size *= frame->arguments[hook->count];
    }
    if (hook->order >= 0) {
        size = (uint64_t)1 << (frame->arguments[hook->order] & 63);
    }
    return hook->effect == EFFECT_PAGES ? size * GUEST_PAGE_BYTES : size;
}

/* Where the record that an argument points to holds the size; 0 = nowhere. */
static uint64_t size_place(const struct judge *judge, const struct recorder_hook *hook, const struct frame *frame) {
    const struct function *function = hook->size_member ? image_function_by_name(judge->image, hook->name) : NULL;
    uint64_t offset = 0;
    uint32_t member = IMAGE_NONE;
    if (!function || (uint32_t)hook->size_record >= function->parameter_count) {
        return 0;
    }
    const struct type *pointer = &judge->image->types[function->parameter_types[hook->size_record]];
    bool known = pointer->kind == TYPE_POINTER && kernel_map_member(judge->image, pointer->target, hook->size_member, &offset, &member);
    return known ? frame->arguments[hook->size_record] + offset : 0;
}

/* An object that was given before the memory is known waits for it; one that an inner allocator gave is the outer one's. */
static void judge_give(struct judge *judge, const struct pending_object *object, uint64_t root, uint64_t since) {
    struct pending_object *same = judge->settled ? NULL : pending_at(judge, object->address);
    if (judge->settled) {
        judge_add_object(judge, object, root, since);
    } else if (same && same->born > since && same->pages == object->pages) {
        same->root = object->root;
        same->size = object->size;
        same->size_at = object->size_at;
    } else {
        vector_append(&judge->pending, object, 1);
        map_insert(&judge->pending_at, object->address, judge->pending.count);
    }
}

/* The objects in the array that an argument points to. */
static void judge_allocated_bulk(struct judge *judge, const struct recorder_hook *hook, const struct frame *frame, const struct record_leave *leave) {
    bool known = false;
    struct pending_object object = {.size = allocation_size(hook, frame), .size_at = size_place(judge, hook, frame), .born = judge->sequence};
    object.root = typing_root(&judge->typing, hook->name, frame->callers, &known);
    for (size_t i = 0; i < judge->given[leave->cpu].count; i++) {
        judge->summary.untyped_objects += !known;
        object.address = *VECTOR_AT(&judge->given[leave->cpu], uint64_t, i);
        judge_give(judge, &object, leave->root, frame->when);
    }
}

static void judge_allocated(struct judge *judge, const struct recorder_hook *hook, const struct frame *frame, const struct record_leave *leave) {
    bool known = false;
    struct pending_object object = {.address = leave->result,
                                    .size = allocation_size(hook, frame),
                                    .size_at = size_place(judge, hook, frame),
                                    .born = judge->sequence,
                                    .pages = hook->effect == EFFECT_PAGES,
                                    .handle = hook->handle,
                                    .percpu = hook->effect == EFFECT_PERCPU};
    if (!leave->result || leave->result > UINT64_MAX - GUEST_PAGE_BYTES) { /* an error in the place of an address */
        return;
    }
    object.root = typing_root(&judge->typing, hook->name, frame->callers, &known);
    judge->summary.untyped_objects += !known;
    judge_give(judge, &object, leave->root, frame->when);
}

static void judge_freed(struct judge *judge, const struct recorder_hook *hook, const struct frame *frame, frame_ended *ended) {
    uint64_t pointer = hook->pointer >= 0 ? frame->arguments[hook->pointer] : 0;
    if (!judge->settled) {
        struct pending_object *pending = pending_at(judge, pointer);
        if (pending) {
            pending->gone = true;
        }
        return;
    }
    if (frame->object != HEAP_NONE && !heap_object(&judge->heap, frame->object)->freed) {
        const struct heap_object *object = heap_object(&judge->heap, frame->object);
        if (object->pages) { /* may be a stack whose task never comes back */
            contexts_bury(&judge->contexts, object->physical, object->physical + object->size, ended, judge);
        }
        heap_objects_free(&judge->heap, frame->object, judge->sequence);
    }
}

void judge_heap_left(struct judge *judge, const struct recorder_hook *hook, const struct frame *frame, const struct record_leave *leave,
                     frame_ended *ended) {
    if (hook->effect == EFFECT_FREE) {
        judge_freed(judge, hook, frame, ended);
    } else if (hook->effect == EFFECT_BULK) {
        judge_allocated_bulk(judge, hook, frame, leave);
    } else {
        if (hook->effect == EFFECT_REALLOCATE && leave->result) {
            judge_freed(judge, hook, frame, ended);
        }
        judge_allocated(judge, hook, frame, leave);
    }
}
