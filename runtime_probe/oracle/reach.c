#include "reach.h"

#include <stdlib.h>
#include <string.h>

enum { TLB_ENTRIES = 1024, TYPE_DEPTH_MAX = 32 };

/* Recent translations; page tables do not change during one computation. */
struct translation {
    uint64_t page;
    uint64_t frame;
};

struct search {
    struct reach *reach;
    const struct kernel_map *map;
    const struct heap_objects *heap;
    const struct state_roots *roots;
    uint64_t root;
    struct translation recent[TLB_ENTRIES];
};

void reach_init(struct reach *reach, const struct image *image, const struct program *program, struct state_roots *roots) {
    *reach = (struct reach){.queue = VECTOR_OF(uint32_t), .roots = VECTOR_OF(uint32_t), .slots = VECTOR_OF(struct reach_slot)};
    for (uint32_t i = 0; i < image->variable_count; i++) {
        const struct variable *variable = &image->variables[i];
        if (!variable->thread_local_ && !program_is_client(program, program_entity_of(program, variable->file))) {
            *(uint32_t *)vector_push(&reach->roots) = state_roots_variable(roots, i);
        }
    }
}

void reach_deinit(struct reach *reach) {
    free(reach->reached);
    vector_deinit(&reach->queue);
    vector_deinit(&reach->roots);
    vector_deinit(&reach->slots);
    map_deinit(&reach->runs);
}

struct slot_collector {
    struct reach *reach;
    const struct image *image;
};

static bool collect_slot(void *context, const struct leaf *leaf) {
    struct slot_collector *collector = context;
    const struct type *type = &collector->image->types[leaf->type];
    uint32_t word = collector->image->pointer_size;
    bool pointer = type->kind == TYPE_POINTER && type->size == word;
    bool integer = type->kind == TYPE_INTEGER && type->size == word && leaf->bit_size == 8 * word;
    if ((pointer || integer) && leaf->bit_offset % 8 == 0 && leaf->bit_offset / 8 <= UINT32_MAX) {
        uint32_t target = pointer ? type->target : IMAGE_NONE;
        bool record =
            target != IMAGE_NONE && (collector->image->types[target].kind == TYPE_STRUCT || collector->image->types[target].kind == TYPE_UNION);
        *(struct reach_slot *)vector_push(&collector->reach->slots) =
            (struct reach_slot){(uint32_t)(leaf->bit_offset / 8), record ? target : IMAGE_NONE};
    }
    return true;
}

/* The slots of an object; a run of reach->slots. */
static uint64_t object_slots(struct search *search, uint32_t root, uint64_t size) {
    struct reach *reach = search->reach;
    uint64_t run = 0;
    if (map_find(&reach->runs, (uint64_t)root << 32 | (size & UINT32_MAX), &run)) {
        return run;
    }
    size_t first = reach->slots.count;
    uint32_t type = state_root(search->roots, root)->type;
    if (type == IMAGE_NONE) {
        uint32_t word = search->map->image->pointer_size;
        for (uint64_t at = 0; at + word <= size; at += word) {
            *(struct reach_slot *)vector_push(&reach->slots) = (struct reach_slot){(uint32_t)at, IMAGE_NONE};
        }
    } else {
        struct slot_collector collector = {reach, search->map->image};
        image_leaves(search->map->image, type, size, 0, size, collect_slot, &collector);
    }
    run = (uint64_t)first << 32 | (reach->slots.count - first);
    map_insert(&reach->runs, (uint64_t)root << 32 | (size & UINT32_MAX), run);
    return run;
}

static bool search_translate(struct search *search, uint64_t address, uint64_t *out_physical) {
    uint64_t page = address / GUEST_PAGE_BYTES;
    struct translation *recent = &search->recent[page % TLB_ENTRIES];
    if (recent->page != page) {
        uint64_t physical = 0;
        bool user = false;
        bool mapped = guest_memory_translate(search->map->memory, search->root, address, &physical, &user);
        *recent = (struct translation){page, mapped ? physical / GUEST_PAGE_BYTES : UINT64_MAX};
    }
    *out_physical = recent->frame * GUEST_PAGE_BYTES + address % GUEST_PAGE_BYTES;
    return recent->frame != UINT64_MAX;
}

/* Is there a record of type `target` at a byte of an object of `type`? */
static bool type_holds(const struct image *image, uint32_t type, uint64_t offset, uint32_t target, int depth) {
    const struct type *outer = &image->types[type];
    if (offset == 0 && type == target) {
        return true;
    }
    if (depth > TYPE_DEPTH_MAX) {
        return true;
    }
    if (outer->kind == TYPE_ARRAY) {
        uint64_t element = image->types[outer->target].size;
        return element && type_holds(image, outer->target, offset % element, target, depth + 1);
    }
    for (uint32_t i = 0; (outer->kind == TYPE_STRUCT || outer->kind == TYPE_UNION) && i < outer->member_count; i++) {
        const struct type_member *member = &outer->members[i];
        const struct type *of = &image->types[member->type];
        uint64_t from = member->bit_offset / 8;
        bool flexible = of->kind == TYPE_ARRAY && !of->count;
        if (!member->bit_field && offset >= from && (flexible || offset - from < of->size) &&
            type_holds(image, member->type, offset - from, target, depth + 1)) {
            return true;
        }
    }
    return false;
}

static void search_word(struct search *search, uint64_t value, uint32_t target) {
    uint64_t physical = 0;
    uint64_t offset = 0;
    uint64_t stack = 0;
    bool canonical = value >> 47 == 0 || value >> 47 == 0x1ffff;
    if (value < GUEST_PAGE_BYTES || !canonical || !search_translate(search, value, &physical)) {
        return;
    }
    uint32_t index = heap_objects_at(search->heap, physical, &offset);
    if (index == HEAP_NONE || search->reach->reached[index] || heap_object(search->heap, index)->arena ||
        map_find(&search->map->stacks, physical / GUEST_PAGE_BYTES, &stack)) {
        return;
    }
    uint32_t type = state_root(search->roots, heap_object(search->heap, index)->root)->type;
    if (target != IMAGE_NONE && type != IMAGE_NONE) {
        const struct image *image = search->map->image;
        uint64_t size = image->types[type].size;
        bool array = size && heap_object(search->heap, index)->size >= 2 * size;
        if (!type_holds(image, type, array ? offset % size : offset, target, 0)) {
            return;
        }
    }
    search->reach->reached[index] = 1;
    *(uint32_t *)vector_push(&search->reach->queue) = index;
}

static void search_variable(struct search *search, uint32_t root) {
    const struct variable *variable = &search->map->image->variables[state_root(search->roots, root)->variable];
    uint64_t run = object_slots(search, root, search->map->image->types[variable->type].size);
    unsigned copies = layout_copies(&search->map->layout, variable->address);
    uint64_t count = (run & UINT32_MAX) * copies;
    for (uint64_t i = 0; i < count; i++) {
        struct reach_slot slot = *VECTOR_AT(&search->reach->slots, struct reach_slot, (run >> 32) + i / copies);
        uint64_t physical = 0;
        uint64_t value = 0;
        const unsigned char *bytes = NULL;
        if (search_translate(search, layout_copy(&search->map->layout, variable->address, (unsigned)(i % copies)) + slot.offset, &physical) &&
            (bytes = guest_memory_at(search->map->memory, physical, search->map->image->pointer_size))) {
            memcpy(&value, bytes, search->map->image->pointer_size);
            search_word(search, value, slot.target);
        }
    }
}

static void search_object(struct search *search, uint32_t index) {
    const struct heap_object *object = heap_object(search->heap, index);
    uint64_t run = object_slots(search, object->root, object->size);
    for (uint64_t i = run >> 32; i < (run >> 32) + (run & UINT32_MAX); i++) {
        struct reach_slot slot = *VECTOR_AT(&search->reach->slots, struct reach_slot, i);
        uint64_t physical = 0;
        uint64_t value = 0;
        const unsigned char *bytes = NULL;
        if (heap_object_physical(search->heap, index, slot.offset, &physical) &&
            (bytes = guest_memory_at(search->map->memory, physical, search->map->image->pointer_size))) {
            memcpy(&value, bytes, search->map->image->pointer_size);
            search_word(search, value, slot.target);
        }
    }
}

void reach_compute(struct reach *reach, const struct kernel_map *map, const struct heap_objects *heap, const struct state_roots *roots,
                   uint64_t root) {
    size_t count = heap->objects.count;
    if (count > reach->capacity) {
        unsigned char *reached = realloc(reach->reached, count * 2);
        if (!reached) {
            reach->queue.failed = true;
            return;
        }
        reach->reached = reached;
        reach->capacity = count * 2;
    }
    memset(reach->reached, 0, reach->capacity);
    vector_clear(&reach->queue);
    struct search search = {.reach = reach, .map = map, .heap = heap, .roots = roots, .root = root};
    for (size_t i = 0; i < TLB_ENTRIES; i++) {
        search.recent[i].page = UINT64_MAX;
    }
    for (size_t i = 0; i < reach->roots.count; i++) {
        search_variable(&search, *VECTOR_AT(&reach->roots, uint32_t, i));
    }
    for (size_t done = 0; done < reach->queue.count; done++) {
        search_object(&search, *VECTOR_AT(&reach->queue, uint32_t, done));
    }
}
