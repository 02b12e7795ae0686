#include "typing.h"

#include <stdlib.h>
#include <string.h>
#include "spillscope/text.h"

enum { FRAMES_MAX = 16, CANDIDATES_MAX = 32, LINES_APART_MAX = 8, EMBEDDING_MAX = 16 };

void typing_init(struct typing *typing, const struct image *image, const struct program *program, struct state_roots *roots) {
    *typing = (struct typing){.image = image, .program = program, .roots = roots, .names = VECTOR_OF(char *)};
}

void typing_deinit(struct typing *typing) {
    strings_deinit(&typing->places);
    map_deinit(&typing->known);
    map_deinit(&typing->unnamed);
    map_deinit(&typing->adopted);
    for (size_t i = 0; i < typing->names.count; i++) {
        free(*VECTOR_AT(&typing->names, char *, i));
    }
    vector_deinit(&typing->names);
}

/* Roots of the sites in a frame: on its line, else the nearest lines of the same function (a call may span lines). */
static size_t frame_candidates(const struct program *program, const struct image_frame *frame, const char *allocator,
                               uint32_t candidates[CANDIDATES_MAX]) {
    uint32_t best = LINES_APART_MAX + 1;
    size_t count = 0;
    for (size_t i = 0; i < program->sites.count; i++) {
        const struct program_site *site = VECTOR_AT(&program->sites, struct program_site, i);
        bool same_place = strcmp(strings_at(&program->strings, site->file), frame->file) == 0 &&
                          strcmp(strings_at(&program->strings, site->function), frame->function) == 0;
        if (!same_place || (allocator && strcmp(strings_at(&program->strings, site->allocator), allocator) != 0)) {
            continue;
        }
        uint32_t apart = site->line > frame->line ? site->line - frame->line : frame->line - site->line;
        if (apart > best) {
            continue;
        }
        count = apart < best ? 0 : count;
        best = apart;
        bool again = false;
        for (size_t j = 0; j < count; j++) {
            again |= candidates[j] == site->root;
        }
        if (!again && count < CANDIDATES_MAX) {
            candidates[count++] = site->root;
        }
    }
    return count;
}

static uint32_t typing_invent(struct typing *typing, const struct image_frame *frame) {
    struct text name = {0};
    text_append_format(&name, "alloc@%s:%s", frame->file, frame->function);
    char *copy = NULL;
    struct error *error = text_take(&name, &copy);
    if (error) {
        error_destroy(error);
        typing->names.failed = true;
        return 0;
    }
    *(char **)vector_push(&typing->names) = copy;
    uint32_t root = state_roots_heap(typing->roots, copy);
    map_insert(&typing->unnamed, root, 1);
    return root;
}

/* Is the function one whose calls are sites themselves? Then its own site says what all those make that were analysed. */
static bool is_wrapper(const struct program *program, const char *function) {
    for (size_t i = 0; i < program->sites.count; i++) {
        if (strcmp(strings_at(&program->strings, VECTOR_AT(&program->sites, struct program_site, i)->allocator), function) == 0) {
            return true;
        }
    }
    return false;
}

/* All source frames of the callers, innermost first. */
static size_t caller_frames(const struct image *image, const uint64_t callers[TYPING_CALLERS], struct image_frame frames[FRAMES_MAX]) {
    size_t count = 0;
    for (int i = 0; i < TYPING_CALLERS && callers[i] && count < FRAMES_MAX; i++) {
        count += image_frames_at(image, callers[i] - 1, frames + count, FRAMES_MAX - count); /* the call stands before its return address */
    }
    return count;
}

static bool is_header(const char *file) {
    size_t length = strlen(file);
    return length > 2 && strcmp(file + length - 2, ".h") == 0;
}

uint32_t typing_root(struct typing *typing, const char *allocator, const uint64_t callers[TYPING_CALLERS], bool *out_known) {
    struct text place = {0};
    text_append(&place, allocator);
    for (int i = 0; i < TYPING_CALLERS && callers[i]; i++) {
        text_append_format(&place, "/%llx", (unsigned long long)image_home(typing->image, callers[i]));
    }
    uint32_t number = strings_intern(&typing->places, text_string(&place));
    text_deinit(&place);
    uint64_t known = 0;
    if (map_find(&typing->known, number, &known)) {
        *out_known = known & 1;
        return (uint32_t)(known >> 1);
    }
    struct image_frame frames[FRAMES_MAX];
    size_t frame_count = caller_frames(typing->image, callers, frames);
    uint32_t candidates[CANDIDATES_MAX];
    size_t count = 0;
    size_t level = 0;
    for (; level < frame_count && !count; level++) {
        if (level && !program_defines(typing->program, frames[level - 1].function, frames[level - 1].file)) {
            break; /* code that was not analysed allocates: sites near its call are others' */
        }
        count = frame_candidates(typing->program, &frames[level], level ? NULL : allocator, candidates);
        bool called_by_others = level + 1 < frame_count && !program_defines(typing->program, frames[level + 1].function, frames[level + 1].file);
        if (count && called_by_others && is_wrapper(typing->program, frames[level].function)) {
            count = 0; /* a helper in a header, called by code that was not analysed */
            break;
        }
    }
    for (; level < frame_count && count > 1; level++) { /* a wrapper's site names all that it allocates; its callers' sites say which */
        uint32_t outer[CANDIDATES_MAX];
        size_t outer_count = frame_candidates(typing->program, &frames[level], NULL, outer);
        size_t kept = 0;
        for (size_t i = 0; i < count && outer_count; i++) {
            for (size_t j = 0; j < outer_count; j++) {
                if (candidates[i] == outer[j]) {
                    candidates[kept++] = candidates[i];
                    break;
                }
            }
        }
        count = kept ? kept : count;
    }
    *out_known = count > 0;
    uint32_t root = 0;
    if (count) {
        root = state_roots_heap(typing->roots, strings_at(&typing->program->strings, candidates[0]));
    } else {
        struct image_frame nowhere = {allocator, "?", 0};
        size_t named = 0; /* a helper in a header allocates for whom it was called by */
        while (named + 1 < frame_count && is_header(frames[named].file)) {
            named++;
        }
        root = typing_invent(typing, frame_count ? &frames[named] : &nowhere);
    }
    map_insert(&typing->known, number, (uint64_t)root << 1 | *out_known);
    return root;
}

/* Visits the leaves of every variable and of every living object of known type. */
static void visit_leaves(const struct kernel_map *map, const struct heap_objects *heap, const struct state_roots *roots, leaf_visitor *visitor,
                         void *context, uint64_t *address) {
    for (uint32_t i = 0; i < map->image->variable_count; i++) {
        const struct variable *variable = &map->image->variables[i];
        for (unsigned cpu = 0; !variable->thread_local_ && cpu < layout_copies(&map->layout, variable->address); cpu++) {
            *address = layout_copy(&map->layout, variable->address, cpu);
            image_leaves(map->image, variable->type, 0, 0, map->image->types[variable->type].size, visitor, context);
        }
    }
    for (size_t i = 0; i < heap->living.count; i++) {
        const struct heap_object *object = heap_object(heap, *VECTOR_AT(&heap->living, uint32_t, i));
        *address = object->address;
        if (state_root(roots, object->root)->type != IMAGE_NONE) {
            image_leaves(map->image, state_root(roots, object->root)->type, object->size, 0, object->size, visitor, context);
        }
    }
}

enum { ADOPT_ROUNDS = 4, ADOPT_BYTES_MIN = 16, ADOPT_BYTES_LOOSE = 1024 };
#define ADOPTED_NONE UINT32_MAX

struct adopter {
    struct typing *typing;
    const struct kernel_map *map;
    const struct heap_objects *heap;
    uint64_t root;
    uint64_t address; /* of the object whose leaves are visited */
};

/* A large record may end in room that the kernel sizes at boot (a task's registers), so it only has to be about as large. */
static bool adopt_size(uint64_t object, uint64_t type) {
    return object == type || (object >= ADOPT_BYTES_LOOSE && type < 2 * object && object < 2 * type);
}

/* Can a pointer of this type tell what an object is? */
static bool adopt_worth(const struct image *image, uint32_t type) {
    const struct type *pointer = &image->types[type];
    return pointer->kind == TYPE_POINTER && image->types[pointer->target].kind == TYPE_STRUCT &&
           image->types[pointer->target].size >= ADOPT_BYTES_MIN;
}

/* A pointer of this type has this value; the object that it shows, HEAP_NONE = none. */
static uint32_t adopt_value(struct adopter *adopter, const struct type *pointer, uint64_t value) {
    const struct image *image = adopter->map->image;
    uint64_t physical = 0;
    uint64_t offset = 0;
    bool user = false;
    if (!value || !guest_memory_translate(adopter->map->memory, adopter->root, value, &physical, &user)) {
        return HEAP_NONE;
    }
    uint32_t index = heap_objects_at(adopter->heap, physical, &offset);
    const struct heap_object *object = index == HEAP_NONE ? NULL : heap_object(adopter->heap, index);
    uint64_t known = 0;
    if (!object || offset || object->pages || !adopt_size(object->size, image->types[pointer->target].size) ||
        !map_find(&adopter->typing->unnamed, object->root, &known)) {
        return HEAP_NONE;
    }
    uint64_t key = (uint64_t)object->root << 32 | object->size;
    uint32_t type = state_roots_heap(adopter->typing->roots, image->types[pointer->target].name);
    if (!map_find(&adopter->typing->adopted, key, &known)) {
        map_insert(&adopter->typing->adopted, key, type);
    } else if (known != type) {
        map_insert(&adopter->typing->adopted, key, ADOPTED_NONE);
    }
    return index;
}

static bool adopt_pointer(void *context, const struct leaf *leaf) {
    struct adopter *adopter = context;
    const struct image *image = adopter->map->image;
    uint64_t value = 0;
    if (adopt_worth(image, leaf->type) &&
        guest_memory_word(adopter->map->memory, adopter->root, adopter->address + leaf->bit_offset / 8, image->pointer_size, &value)) {
        adopt_value(adopter, &image->types[leaf->type], value);
    }
    return true;
}

void typing_adopt_arguments(struct typing *typing, const struct kernel_map *map, struct heap_objects *heap, uint64_t root,
                            const struct function *function, const uint64_t *arguments, size_t count) {
    struct adopter adopter = {.typing = typing, .map = map, .heap = heap, .root = root};
    for (size_t i = 0; i < count && i < function->parameter_count; i++) {
        uint32_t type = function->parameter_types[i];
        uint32_t index = adopt_worth(map->image, type) ? adopt_value(&adopter, &map->image->types[type], arguments[i]) : HEAP_NONE;
        if (index != HEAP_NONE) {
            struct heap_object *object = heap_object(heap, index);
            object->root = typing_adopted(typing, object->root, object->size);
        }
    }
}

uint32_t typing_adopted(const struct typing *typing, uint32_t root, uint64_t size) {
    uint64_t adopted = 0;
    return size <= UINT32_MAX && map_find(&typing->adopted, (uint64_t)root << 32 | size, &adopted) && adopted != ADOPTED_NONE ? (uint32_t)adopted
                                                                                                                              : root;
}

void typing_adopt(struct typing *typing, const struct kernel_map *map, struct heap_objects *heap, uint64_t root) {
    struct adopter adopter = {.typing = typing, .map = map, .heap = heap, .root = root};
    size_t before = SIZE_MAX;
    for (int round = 0; round < ADOPT_ROUNDS && before != typing->adopted.count; round++) { /* each leads to more typed pointers */
        before = typing->adopted.count;
        visit_leaves(map, heap, typing->roots, adopt_pointer, &adopter, &adopter.address);
        for (size_t i = 0; i < heap->living.count; i++) {
            struct heap_object *object = heap_object(heap, *VECTOR_AT(&heap->living, uint32_t, i));
            object->root = typing_adopted(typing, object->root, object->size);
        }
    }
}

struct checker {
    const struct kernel_map *map;
    const struct heap_objects *heap;
    const struct state_roots *roots;
    uint64_t root;
    uint64_t address; /* of the object whose leaves are visited */
    struct typing_check *check;
};

/* Does an object of the type begin with one of type `inner`? */
static bool type_begins_with(const struct image *image, uint32_t type, uint32_t inner) {
    for (int depth = 0; depth < EMBEDDING_MAX; depth++) {
        if (type == inner) {
            return true;
        }
        const struct type *outer = &image->types[type];
        if (outer->kind == TYPE_ARRAY) {
            type = outer->target;
        } else if (outer->kind == TYPE_STRUCT && outer->member_count && !outer->members[0].bit_offset) {
            type = outer->members[0].type;
        } else {
            return false;
        }
    }
    return false;
}

enum { CHECK_AGREED = 1, CHECK_DISAGREED = 2 };

/* One pointer of the right type settles it: others may be left over from an object that was there before. */
static void typing_note(struct typing_check *check, uint32_t object, bool agrees, const char *site, const char *pointer) {
    uint64_t before = 0;
    map_find(&check->seen, object, &before);
    if (before == CHECK_AGREED || (before == CHECK_DISAGREED && !agrees)) {
        return;
    }
    map_insert(&check->seen, object, agrees ? CHECK_AGREED : CHECK_DISAGREED);
    check->disagreements += agrees ? 0 : 1;
    check->disagreements -= before == CHECK_DISAGREED;
    if (!agrees) {
        text_clear(&check->example);
        text_append_format(&check->example, "%s by its site, %s by a pointer", site, pointer);
    }
}

static bool check_pointer(void *context, const struct leaf *leaf) {
    struct checker *checker = context;
    const struct image *image = checker->map->image;
    const struct type *pointer = &image->types[leaf->type];
    uint64_t value = 0;
    uint64_t physical = 0;
    uint64_t offset = 0;
    bool user = false;
    if (pointer->kind != TYPE_POINTER || (image->types[pointer->target].kind != TYPE_STRUCT && image->types[pointer->target].kind != TYPE_UNION) ||
        !guest_memory_word(checker->map->memory, checker->root, checker->address + leaf->bit_offset / 8, image->pointer_size, &value) || !value ||
        !guest_memory_translate(checker->map->memory, checker->root, value, &physical, &user)) {
        return true;
    }
    uint32_t object = heap_objects_at(checker->heap, physical, &offset);
    if (object == HEAP_NONE || offset) {
        return true;
    }
    const struct state_root *root = state_root(checker->roots, heap_object(checker->heap, object)->root);
    if (root->type != IMAGE_NONE) {
        typing_note(checker->check, object, type_begins_with(image, root->type, pointer->target), root->name, image->types[pointer->target].name);
    }
    return true;
}

void typing_check(const struct kernel_map *map, const struct heap_objects *heap, const struct state_roots *roots, uint64_t root,
                  struct typing_check *check) {
    struct checker checker = {.map = map, .heap = heap, .roots = roots, .root = root, .check = check};
    visit_leaves(map, heap, roots, check_pointer, &checker, &checker.address);
}
