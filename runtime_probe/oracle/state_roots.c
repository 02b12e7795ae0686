#include "state_roots.h"

#include <string.h>
#include "spillscope/text.h"

enum { RUN_MAX = 0xffff };

void state_roots_init(struct state_roots *roots, const struct image *image) {
    *roots = (struct state_roots){.image = image, .roots = VECTOR_OF(struct state_root), .leaves = VECTOR_OF(struct state_leaf)};
    strings_intern(&roots->keys, "");
}

void state_roots_deinit(struct state_roots *roots) {
    strings_deinit(&roots->keys);
    vector_deinit(&roots->roots);
    vector_deinit(&roots->leaves);
    map_deinit(&roots->by_variable);
    map_deinit(&roots->by_name);
    map_deinit(&roots->runs);
}

uint32_t state_roots_variable(struct state_roots *roots, uint32_t variable) {
    uint64_t known = 0;
    if (map_find(&roots->by_variable, variable, &known)) {
        return (uint32_t)known;
    }
    uint32_t index = (uint32_t)roots->roots.count;
    struct state_root *root = vector_push(&roots->roots);
    root->name = roots->image->variables[variable].root;
    root->type = roots->image->variables[variable].type;
    root->variable = variable;
    map_insert(&roots->by_variable, variable, index);
    return index;
}

/* "FILE:struct TAG" names the definition in that file. */
static uint32_t type_of_root(const struct image *image, const char *name) {
    const char *colon = strrchr(name, ':');
    if (strncmp(name, "alloc@", 6) == 0) {
        return IMAGE_NONE;
    }
    if (!colon || strchr(name, '<')) {
        return image_type_by_name(image, name);
    }
    for (uint32_t i = 0; i < image->type_count; i++) {
        const struct type *type = &image->types[i];
        if (strcmp(type->name, colon + 1) == 0 && type->size && strlen(type->file) == (size_t)(colon - name) &&
            strncmp(type->file, name, (size_t)(colon - name)) == 0) {
            return i;
        }
    }
    return image_type_by_name(image, colon + 1);
}

uint32_t state_roots_heap(struct state_roots *roots, const char *name) {
    uint32_t number = strings_intern(&roots->keys, name);
    uint64_t known = 0;
    if (map_find(&roots->by_name, number, &known)) {
        return (uint32_t)known;
    }
    uint32_t index = (uint32_t)roots->roots.count;
    struct state_root *root = vector_push(&roots->roots);
    root->name = name;
    root->type = type_of_root(roots->image, name);
    root->variable = IMAGE_NONE;
    map_insert(&roots->by_name, number, index);
    return index;
}

struct leaf_collector {
    struct state_roots *roots;
    const struct state_root *root;
    size_t count;
    struct text key;
};

static bool collect_leaf(void *context, const struct leaf *leaf) {
    struct leaf_collector *collector = context;
    text_clear(&collector->key);
    text_append(&collector->key, collector->root->name);
    text_append(&collector->key, leaf->path);
    struct state_leaf *state = vector_push(&collector->roots->leaves);
    state->key = strings_intern(&collector->roots->keys, text_string(&collector->key));
    state->root_length = (uint32_t)strlen(collector->root->name);
    state->bit_offset = leaf->bit_offset;
    state->bit_size = leaf->bit_size;
    state->bit_field = collector->root->type != IMAGE_NONE && leaf->bit_size != 8 * collector->roots->image->types[leaf->type].size;
    return ++collector->count < RUN_MAX;
}

const struct state_leaf *state_roots_leaves(struct state_roots *roots, uint32_t index, uint64_t object_size, uint64_t offset, unsigned count,
                                            size_t *out_count) {
    struct state_root root = *state_root(roots, index);
    uint64_t type_size = root.type == IMAGE_NONE ? 0 : roots->image->types[root.type].size;
    bool array = type_size && object_size >= 2 * type_size;
    uint64_t packed = (uint64_t)index << 44 | (uint64_t)array << 43 | offset << 4 | count;
    uint64_t run = 0;
    if (!map_find(&roots->runs, packed, &run)) {
        size_t first = roots->leaves.count;
        struct leaf_collector collector = {roots, &root, 0, {0}};
        if (root.type == IMAGE_NONE) {
            struct leaf whole = {"", "", 0, 8 * offset, 8 * count, false};
            collect_leaf(&collector, &whole);
        } else {
            image_leaves(roots->image, root.type, object_size, offset, count, collect_leaf, &collector);
        }
        text_deinit(&collector.key);
        run = (uint64_t)first << 16 | collector.count;
        map_insert(&roots->runs, packed, run);
    }
    *out_count = run & RUN_MAX;
    return VECTOR_AT(&roots->leaves, struct state_leaf, run >> 16);
}
