#include <stdio.h>
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
    const char *dbg_from; const struct state_roots *dbg_roots;
    struct reach *reach;
    const struct kernel_map *map;
    const struct heap_objects *heap;
    uint64_t root;
    struct translation recent[TLB_ENTRIES];
};

static bool type_holds_pointers(const struct image *image, uint32_t index, int depth) {
    const struct type *type = &image->types[index];
    if (depth > TYPE_DEPTH_MAX) {
        return true;
    }
    switch (type->kind) {
    case TYPE_POINTER:
        return true;
    case TYPE_INTEGER:
        return type->size == image->pointer_size;
    case TYPE_ARRAY:
        return type_holds_pointers(image, type->target, depth + 1);
    case TYPE_STRUCT:
    case TYPE_UNION:
        for (uint32_t i = 0; i < type->member_count; i++) {
            if (type_holds_pointers(image, type->members[i].type, depth + 1)) {
                return true;
            }
        }
        return false;
    default:
        return false;
    }
}

void reach_init(struct reach *reach, const struct image *image, const struct program *program) {
    *reach = (struct reach){.queue = VECTOR_OF(uint32_t), .roots = VECTOR_OF(uint32_t)};
    for (uint32_t i = 0; i < image->variable_count; i++) {
        const struct variable *variable = &image->variables[i];
        if (!variable->thread_local_ && !program_is_client(program, program_entity_of(program, variable->file)) &&
            type_holds_pointers(image, variable->type, 0)) {
            *(uint32_t *)vector_push(&reach->roots) = i;
        }
    }
}

void reach_deinit(struct reach *reach) {
    free(reach->reached);
    vector_deinit(&reach->queue);
    vector_deinit(&reach->roots);
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

static void search_word(struct search *search, uint64_t value) {
    uint64_t physical = 0;
    uint64_t offset = 0;
    bool canonical = value >> 47 == 0 || value >> 47 == 0x1ffff;
    if (value < GUEST_PAGE_BYTES || !canonical || !search_translate(search, value, &physical)) {
        return;
    }
    uint32_t object = heap_objects_at(search->heap, physical, &offset);
    uint64_t stack = 0;
    if (object == HEAP_NONE || search->reach->reached[object] || map_find(&search->map->stacks, physical / GUEST_PAGE_BYTES, &stack)) {
        return;
    }
    search->reach->reached[object] = 1;
    if (getenv("DBG_REACH") && search->dbg_roots && strcmp(state_root(search->dbg_roots, heap_object(search->heap, object)->root)->name, getenv("DBG_REACH")) == 0) { fprintf(stderr, "REACH %s <- %s value %lx objoff %lx size %lx\n", getenv("DBG_REACH"), search->dbg_from, value, offset, heap_object(search->heap, object)->size); }
    *(uint32_t *)vector_push(&search->reach->queue) = object;
}

static void search_variable(struct search *search, const struct variable *variable) {
    uint64_t size = search->map->image->types[variable->type].size;
    search->dbg_from = variable->root;
    for (uint64_t at = (8 - variable->address % 8) % 8; at + 8 <= size;) {
        uint64_t physical = 0;
        uint64_t left = GUEST_PAGE_BYTES - (variable->address + at) % GUEST_PAGE_BYTES;
        const unsigned char *bytes = search_translate(search, variable->address + at, &physical) ? guest_memory_at(search->map->memory, physical, left) : NULL;
        for (uint64_t done = 0; done < left && at + 8 <= size; done += 8, at += 8) {
            uint64_t value = 0;
            if (bytes) {
                memcpy(&value, bytes + done, sizeof value);
                search_word(search, value);
            }
        }
    }
}

static void search_object(struct search *search, uint32_t index) {
    const struct heap_object *object = heap_object(search->heap, index);
    search->dbg_from = search->dbg_roots ? state_root(search->dbg_roots, object->root)->name : "";
    for (uint64_t at = 0; at + 8 <= object->size; at += 8) {
        uint64_t physical = 0;
        uint64_t offset = 0;
        uint64_t value = 0;
        const unsigned char *bytes = NULL;
        if (heap_object_physical(search->heap, index, at, &physical) && heap_objects_at(search->heap, physical, &offset) == index &&
            (bytes = guest_memory_at(search->map->memory, physical, 8))) { /* objects inside this one are reached by their own pointers */
            memcpy(&value, bytes, sizeof value);
            search_word(search, value);
        }
    }
}

void reach_compute(struct reach *reach, const struct kernel_map *map, const struct heap_objects *heap, uint64_t root) {
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
    struct search search = {.reach = reach, .map = map, .heap = heap, .root = root, .dbg_roots = (const struct state_roots *)map->dbg};
    for (size_t i = 0; i < TLB_ENTRIES; i++) {
        search.recent[i].page = UINT64_MAX;
    }
    for (size_t i = 0; i < reach->roots.count; i++) {
        search_variable(&search, &map->image->variables[*VECTOR_AT(&reach->roots, uint32_t, i)]);
    }
    for (size_t done = 0; done < reach->queue.count; done++) {
        search_object(&search, *VECTOR_AT(&reach->queue, uint32_t, done));
    }
}
