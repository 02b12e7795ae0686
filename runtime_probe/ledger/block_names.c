#include "block_names.h"

#include <stdlib.h>
#include <string.h>

#include "spillscope/text.h"

enum { FRAMES = 16, LINES_APART = 8, CANDIDATES = 32, ROUNDS = 4, SMALLEST = 16, LOOSE = 1024 };

struct block_site {
    uint32_t file; /* numbers of strings */
    uint32_t function;
    uint32_t allocator;
    uint32_t root;
    uint32_t line;
};

void block_names_deinit(struct block_names *names) {
    vector_deinit(&names->sites);
    vector_deinit(&names->names);
    strings_deinit(&names->strings);
    map_deinit(&names->by_string);
    map_deinit(&names->defined);
    map_deinit(&names->by_call);
    map_deinit(&names->shown);
}

/* Functions that were analysed. */
static struct error *load_defined(struct store *store, struct block_names *names) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT x.path || ':' || f.name FROM function f JOIN file x ON x.id = f.file_id", &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        map_insert(&names->defined, strings_intern(&names->strings, query_text(query, 0)), 1);
    }
    return error;
}

struct error *block_names_load(struct store *store, const struct image *image, struct block_names *out_names) {
    struct block_names names = {.image = image, .sites = VECTOR_OF(struct block_site), .names = VECTOR_OF(struct block_name)};
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT file, function, allocator, root, line FROM alloc_site ORDER BY id", &query);
    bool row = false;
    strings_intern(&names.strings, "");
    while (!error && !(error = query_step(query, &row)) && row) {
        struct block_site *site = vector_push(&names.sites);
        site->file = strings_intern(&names.strings, query_text(query, 0));
        site->function = strings_intern(&names.strings, query_text(query, 1));
        site->allocator = strings_intern(&names.strings, query_text(query, 2));
        site->root = strings_intern(&names.strings, query_text(query, 3));
        site->line = (uint32_t)query_int(query, 4);
    }
    error = error ? error : load_defined(store, &names);
    if (!error && (names.strings.failed || names.sites.failed)) {
        error = error_out_of_memory();
    }
    if (error) {
        block_names_deinit(&names);
        return error;
    }
    *out_names = names;
    return NULL;
}

const char *block_names_string(const struct block_names *names, uint32_t name) {
    return strings_at(&names->strings, block_names_at(names, name)->string);
}

/* "struct TAG", or "FILE:struct TAG" for the definition in that file. */
static uint32_t root_type(const struct image *image, const char *root) {
    const char *colon = strrchr(root, ':');
    if (strncmp(root, "alloc@", 6) == 0) {
        return IMAGE_NONE;
    }
    for (uint32_t i = 0; colon && i < image->type_count; i++) {
        const struct type *type = &image->types[i];
        size_t length = (size_t)(colon - root);
        if (type->size && strcmp(type->name, colon + 1) == 0 && strncmp(type->file, root, length) == 0 && !type->file[length]) {
            return i;
        }
    }
    return image_type_by_name(image, colon ? colon + 1 : root);
}

uint32_t block_names_intern(struct block_names *names, const char *root) {
    uint32_t string = strings_intern(&names->strings, root);
    uint64_t known = 0;
    if (map_find(&names->by_string, string, &known)) {
        return (uint32_t)known;
    }
    uint32_t index = (uint32_t)names->names.count;
    uint32_t type = root_type(names->image, root);
    *(struct block_name *)vector_push(&names->names) = (struct block_name){.string = string, .type = type};
    map_insert(&names->by_string, string, index);
    return index;
}

/* Sites in a frame: those on the nearest line, since a call may span several. */
static size_t frame_sites(const struct block_names *names, const struct image_frame *frame, const char *allocator, uint32_t roots[CANDIDATES]) {
    uint32_t nearest = LINES_APART + 1;
    size_t count = 0;
    for (size_t i = 0; i < names->sites.count; i++) {
        const struct block_site *site = VECTOR_AT(&names->sites, struct block_site, i);
        uint32_t apart = site->line > frame->line ? site->line - frame->line : frame->line - site->line;
        if (apart > nearest || strcmp(strings_at(&names->strings, site->function), frame->function) != 0 ||
            strcmp(strings_at(&names->strings, site->file), frame->file) != 0 ||
            (allocator && strcmp(strings_at(&names->strings, site->allocator), allocator) != 0)) {
            continue;
        }
        count = apart < nearest ? 0 : count;
        nearest = apart;
        if (count < CANDIDATES) {
            roots[count++] = site->root;
        }
    }
    return count;
}

/* A wrapper's site names all that it ever makes; the sites of those who call it say which of these it is here. */
static uint32_t narrow(const struct block_names *names, const struct image_frame *frames, size_t count, uint32_t *roots, size_t root_count) {
    for (size_t level = 0; level < count && root_count > 1; level++) {
        uint32_t outer[CANDIDATES];
        size_t outer_count = frame_sites(names, &frames[level], NULL, outer);
        size_t kept = 0;
        for (size_t i = 0; i < root_count; i++) {
            bool both = false;
            for (size_t k = 0; k < outer_count; k++) {
                both = both || outer[k] == roots[i];
            }
            if (both) {
                roots[kept++] = roots[i];
            }
        }
        root_count = kept ? kept : root_count;
    }
    return roots[0];
}

static bool names_define(const struct block_names *names, const struct image_frame *frame) {
    struct text key = {0};
    uint32_t number = 0;
    uint64_t known = 0;
    text_append_format(&key, "%s:%s", frame->file, frame->function);
    bool found = strings_find(&names->strings, text_string(&key), &number) && map_find(&names->defined, number, &known);
    text_deinit(&key);
    return found;
}

/* Are calls of the function sites themselves? */
static bool names_wrapper(const struct block_names *names, const char *function) {
    bool found = false;
    for (size_t i = 0; i < names->sites.count && !found; i++) {
        found = strcmp(strings_at(&names->strings, VECTOR_AT(&names->sites, struct block_site, i)->allocator), function) == 0;
    }
    return found;
}

static uint32_t call_name(struct block_names *names, const char *allocator, uint64_t caller) {
    struct image_frame frames[FRAMES];
    uint32_t roots[CANDIDATES];
    size_t count = image_frames_at(names->image, caller - 1, frames, FRAMES); /* the call stands before its return address */
    size_t found = 0;
    size_t level = 0;
    for (; level < count && !found; level++) {
        if (level && !names_define(names, &frames[level - 1])) {
            break; /* the analysis has not seen that function allocate: sites beside its call are others' */
        }
        found = frame_sites(names, &frames[level], level ? NULL : allocator, roots);
        if (found && level + 1 < count && !names_define(names, &frames[level + 1]) && names_wrapper(names, frames[level].function)) {
            found = 0; /* a helper in a header, called by code that was not analysed: what its site names is others' */
            break;
        }
    }
    if (found) {
        uint32_t root = narrow(names, frames + level, count - level, roots, found);
        struct text copy = {0};
        text_append(&copy, strings_at(&names->strings, root)); /* interning may move the strings */
        uint32_t name = block_names_intern(names, text_string(&copy));
        text_deinit(&copy);
        return name;
    }
    struct text root = {0};
    size_t named = 0; /* what a helper in a header allocates is its caller's */
    for (const char *suffix = NULL; named + 1 < count && (suffix = strrchr(frames[named].file, '.')) && strcmp(suffix, ".h") == 0;) {
        named++;
    }
    text_append_format(&root, "alloc@%s:%s", count ? frames[named].file : allocator, count ? frames[named].function : "?");
    uint32_t name = block_names_intern(names, text_string(&root));
    text_deinit(&root);
    VECTOR_AT(&names->names, struct block_name, name)->unnamed = true;
    return name;
}

/* What pointers have shown objects of this name and size to be. */
static uint32_t shown_name(const struct block_names *names, uint32_t name, uint64_t size) {
    uint64_t shown = 0;
    bool known = size <= UINT32_MAX && map_find(&names->shown, (uint64_t)name << 32 | size, &shown) && shown != BLOCK_NAME_NONE;
    return known ? (uint32_t)shown : name;
}

uint32_t block_names_of_call(struct block_names *names, const char *allocator, uint32_t number, uint64_t caller, uint64_t size) {
    uint64_t known = 0;
    caller = image_home(names->image, caller); /* an object is loaded elsewhere each time */
    uint64_t call = (uint64_t)number << 48 ^ caller;
    if (!map_find(&names->by_call, call, &known)) {
        known = call_name(names, allocator, caller);
        map_insert(&names->by_call, call, known);
    }
    return shown_name(names, (uint32_t)known, size);
}

/* ------------------------------------------------------------------------------------------------ pointers */

struct learner {
    struct block_names *names;
    const struct kernel_layout *layout;
    const struct heap_map *heap;
    uint64_t address; /* of the object at hand */
    bool learned;
};

/* A large record may end in room that the kernel sizes when it starts (a task's registers). */
static bool sizes_fit(uint64_t block, uint64_t type) {
    return block == type || (block >= LOOSE && type < 2 * block && block < 2 * type);
}

/* The block that a pointer of this type shows; HEAP_MAP_NONE = none. */
static uint32_t learn_value(struct learner *learner, const struct type *pointer, uint64_t value) {
    const struct image *image = learner->layout->image;
    uint64_t ram = 0;
    uint64_t offset = 0;
    if (!value || !kernel_layout_ram(learner->layout, value, &ram)) {
        return HEAP_MAP_NONE;
    }
    uint32_t index = heap_map_at(learner->heap, ram, &offset);
    const struct heap_block *block = heap_map_block(learner->heap, index);
    if (index == HEAP_MAP_NONE || offset || block->pages || block->size > UINT32_MAX || !block_names_at(learner->names, block->name)->unnamed ||
        !sizes_fit(block->size, image->types[pointer->target].size)) {
        return HEAP_MAP_NONE;
    }
    uint64_t key = (uint64_t)block->name << 32 | block->size;
    uint64_t shown = 0;
    uint32_t name = block_names_intern(learner->names, image->types[pointer->target].name);
    bool known = map_find(&learner->names->shown, key, &shown);
    if (!known || (shown != name && shown != BLOCK_NAME_NONE)) {
        map_insert(&learner->names->shown, key, known ? BLOCK_NAME_NONE : name);
        learner->learned = true;
    }
    return index;
}

static bool worth_learning(const struct image *image, uint32_t type) {
    const struct type *pointer = &image->types[type];
    return pointer->kind == TYPE_POINTER && image->types[pointer->target].kind == TYPE_STRUCT && image->types[pointer->target].size >= SMALLEST;
}

static bool learn_leaf(void *context, const struct leaf *leaf) {
    struct learner *learner = context;
    const struct image *image = learner->layout->image;
    uint64_t value = 0;
    if (worth_learning(image, leaf->type) && kernel_layout_word(learner->layout, learner->address + leaf->bit_offset / 8, sizeof value, &value)) {
        learn_value(learner, &image->types[leaf->type], value);
    }
    return true;
}

void block_names_show(struct block_names *names, const struct kernel_layout *layout, struct heap_map *heap, uint32_t pointer_type, uint64_t value) {
    struct learner learner = {.names = names, .layout = layout, .heap = heap};
    uint32_t index = worth_learning(names->image, pointer_type) ? learn_value(&learner, &names->image->types[pointer_type], value) : HEAP_MAP_NONE;
    if (index != HEAP_MAP_NONE) {
        struct heap_block *block = heap_map_block(heap, index);
        block->name = shown_name(names, block->name, block->size);
    }
}

static void learn_variables(struct learner *learner) {
    const struct kernel_layout *layout = learner->layout;
    const struct image *image = layout->image;
    for (uint32_t i = 0; i < image->variable_count; i++) {
        const struct variable *variable = &image->variables[i];
        bool percpu = variable->address >= layout->percpu_low && variable->address < layout->percpu_high;
        for (uint32_t cpu = 0; !variable->thread_local_ && cpu < (percpu ? layout->processor_count : 1); cpu++) {
            learner->address = image_running(image, variable->address) + (percpu ? layout->offsets[cpu] : 0);
            if (learner->address == PLACEMENT_NOWHERE) {
                continue;
            }
            image_leaves(image, variable->type, 0, 0, image->types[variable->type].size, learn_leaf, learner);
        }
    }
}

void block_names_learn(struct block_names *names, const struct kernel_layout *layout, struct heap_map *heap) {
    struct learner learner = {.names = names, .layout = layout, .heap = heap, .learned = true};
    for (int round = 0; round < ROUNDS && learner.learned; round++) { /* each finds more typed pointers */
        learner.learned = false;
        learn_variables(&learner);
        for (size_t i = 0; i < heap->living.count; i++) {
            const struct heap_block *block = heap_map_block(heap, *VECTOR_AT(&heap->living, uint32_t, i));
            uint32_t type = block_names_at(names, block->name)->type;
            learner.address = block->address;
            if (type != IMAGE_NONE) {
                image_leaves(names->image, type, block->size, 0, block->size, learn_leaf, &learner);
            }
        }
        for (size_t i = 0; i < heap->living.count; i++) {
            struct heap_block *block = heap_map_block(heap, *VECTOR_AT(&heap->living, uint32_t, i));
            block->name = shown_name(names, block->name, block->size);
        }
    }
}
