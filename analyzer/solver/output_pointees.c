#include <stdlib.h>
#include <string.h>
#include "output_internal.h"
#include "points_to_internal.h"
#include "type_leaves.h"

/* Places that one pointer leads to are listed up to so many; then one row "*" stands for the rest, and the key is counted. */
#define MAX_POINTEES 1024

/* A place as the table names it. */
struct target {
    const char *root;
    const char *path;
};

/* Part of a list of targets. */
struct extent {
    uint32_t first;
    uint32_t count;
};

/* A key, and the sets of the pointers that have it. */
struct pointer {
    const char *key;
    number_list lists; /* indices of pointees.lists */
};

/* What is found once: places of a location, of a set, and sets of a key. */
struct pointees {
    struct output *output;
    struct arena *arena;
    struct names words;   /* roots and paths */
    struct map target_of; /* (root << 32 | path) -> target */
    VECTOR(struct target) targets;
    struct map located_of; /* location -> extent of `located` */
    VECTOR(struct extent) locations;
    number_list located; /* targets */
    struct keys list_of; /* (store, count) of a set -> list */
    VECTOR(struct extent) lists;
    number_list listed; /* targets */
    struct names keys;
    VECTOR(struct pointer) pointers; /* by key */
    struct map joined;               /* (key << 32 | list) */
    root_list roots;                 /* scratch */
};

static uint32_t target_add(struct pointees *at, const char *root, const char *path) {
    uint64_t key = ((uint64_t)names_intern(at->arena, &at->words, root) << 32) | names_intern(at->arena, &at->words, path);
    uint32_t target = at->targets.count;
    if (map_add(at->arena, &at->target_of, key, &target)) {
        *VECTOR_ADD(at->arena, &at->targets) = (struct target){root, path};
    }
    return target;
}

/* Places that a location may be. */
static struct extent locate(struct pointees *at, uint32_t location) {
    uint32_t index = at->locations.count;
    if (!map_add(at->arena, &at->located_of, location, &index)) {
        return at->locations.items[index];
    }
    const struct things *things = at->output->points_to->things;
    enum thing_kind kind = things->items.items[things->locations.items[location].thing].kind;
    struct extent found = {at->located.count, 0};
    if (kind != THING_CODE && kind != THING_LITERAL && kind != THING_LOCAL && kind != THING_UNKNOWN) {
        states_roots(at->output->states, location, &at->roots);
        for (uint32_t r = 0; r < at->roots.count; r++, found.count++) {
            uint32_t target = target_add(at, at->roots.items[r].name, states_path(at->output->states, &at->roots.items[r]));
            *VECTOR_ADD(at->arena, &at->located) = target;
        }
    }
    *VECTOR_ADD(at->arena, &at->locations) = found;
    return found;
}

/* Places that a pointer with this set may lead to. */
static uint32_t list_add(struct pointees *at, const struct location_set *set) {
    uint64_t key[] = {(uint64_t)(uintptr_t)set->store, set->count};
    uint32_t list = at->lists.count;
    if (!keys_add(at->arena, &at->list_of, key, 2, &list)) {
        return list;
    }
    struct extent extent = {at->listed.count, 0};
    bool cut = false;
    for (uint32_t l = 0; l < set->count && !cut; l++) {
        struct extent found = locate(at, location_set_at(set, l));
        for (uint32_t t = 0; t < found.count && !cut; t++) {
            cut = extent.count == MAX_POINTEES;
            if (!cut) {
                *VECTOR_ADD(at->arena, &at->listed) = at->located.items[found.first + t];
                extent.count++;
            }
        }
    }
    if (cut) {
        *VECTOR_ADD(at->arena, &at->listed) = target_add(at, "*", "");
        extent.count++;
    }
    *VECTOR_ADD(at->arena, &at->lists) = extent;
    return list;
}

static void key_join(struct pointees *at, const char *name, uint32_t list) {
    uint32_t key = names_intern(at->arena, &at->keys, name);
    if (key == at->pointers.count) {
        *VECTOR_ADD(at->arena, &at->pointers) = (struct pointer){.key = at->keys.strings.items[key]};
    }
    uint32_t value = 0;
    if (map_add(at->arena, &at->joined, ((uint64_t)key << 32) | list, &value)) {
        *VECTOR_ADD(at->arena, &at->pointers.items[key].lists) = list;
    }
}

struct leaf_join {
    struct pointees *at;
    const char *root;
    uint32_t list;
};

static void join_leaf(void *context, const struct leaf *leaf) {
    struct leaf_join *join = context;
    key_join(join->at, arena_format(join->at->arena, "%s%s", join->root, leaf->path), join->list);
}

static void collect_cell(struct pointees *at, uint32_t thing, struct cell cell) {
    const struct points_to *p = at->output->points_to;
    const struct location_set *set = &p->nodes.items[node_find(p, cell.read_node)].set;
    uint32_t location = cell.offset == OFFSET_ANY || !set->count ? NONE : thing_location(p->things, thing, cell.offset);
    if (location == NONE) {
        return;
    }
    uint32_t list = list_add(at, set);
    if (!at->lists.items[list].count) {
        return;
    }
    states_roots(at->output->states, location, &at->roots);
    for (uint32_t r = 0; r < at->roots.count; r++) {
        const struct root *root = &at->roots.items[r];
        uint64_t first = (uint64_t)root->offset * 8;
        struct leaf_join join = {at, root->name, list};
        if (root->type == NONE) {
            key_join(at, root->name, list);
        } else if (root->offset >= 0) {
            type_visit_leaves(at->output->program, root->type, first, first + p->program->pointer_size * 8, NONE, NONE, join_leaf, &join);
        }
    }
}

static int compare_pointers(const void *one, const void *other) {
    return strcmp(((const struct pointer *)one)->key, ((const struct pointer *)other)->key);
}

static int compare_targets(const void *one, const void *other) {
    const struct target *a = *(const struct target *const *)one;
    const struct target *b = *(const struct target *const *)other;
    int order = strcmp(a->root, b->root);
    return order ? order : strcmp(a->path, b->path);
}

/* The targets of one key, each once, by name. */
static struct error *insert_pointer(struct pointees *at, const struct pointer *pointer, uint32_t *met, uint32_t stamp, struct query *insert) {
    VECTOR(const struct target *) found = {0};
    for (uint32_t l = 0; l < pointer->lists.count; l++) {
        struct extent extent = at->lists.items[pointer->lists.items[l]];
        for (uint32_t t = extent.first; t < extent.first + extent.count; t++) {
            if (met[at->listed.items[t]] != stamp) {
                met[at->listed.items[t]] = stamp;
                *VECTOR_ADD(at->arena, &found) = &at->targets.items[at->listed.items[t]];
            }
        }
    }
    qsort(found.items, found.count, sizeof *found.items, compare_targets);
    for (uint32_t i = 0; i < found.count; i++) {
        query_bind_text(insert, 1, pointer->key);
        query_bind_text(insert, 2, found.items[i]->root);
        query_bind_text(insert, 3, found.items[i]->path);
        TRY(query_run(insert));
        if (strcmp(found.items[i]->root, "*") == 0) {
            at->output->first_cut = at->output->pointers_cut++ ? at->output->first_cut : pointer->key;
        }
    }
    arena_recycle(at->arena, found.items, found.capacity * sizeof *found.items);
    return NULL;
}

struct error *output_pointees(struct output *output) {
    const struct points_to *p = output->points_to;
    struct pointees at = {.output = output, .arena = output->program->arena};
    for (uint32_t thing = 0; thing < p->memory.count; thing++) {
        enum thing_kind kind = p->things->items.items[thing].kind;
        for (uint32_t c = 0;
             kind != THING_CODE && kind != THING_LITERAL && kind != THING_LOCAL && kind != THING_UNKNOWN && c < p->memory.items[thing].cells.count;
             c++) {
            collect_cell(&at, thing, p->memory.items[thing].cells.items[c]);
        }
    }
    if (at.pointers.count) {
        qsort(at.pointers.items, at.pointers.count, sizeof *at.pointers.items, compare_pointers);
    }
    uint32_t *met = arena_allocate(at.arena, (at.targets.count + 1) * sizeof *met);
    struct query *insert __attribute__((cleanup(scope_query))) = NULL;
    TRY(store_prepare(output->store, "INSERT INTO pointee (key, root, path) VALUES (?1, ?2, ?3)", &insert));
    for (uint32_t i = 0; i < at.pointers.count; i++) {
        TRY(insert_pointer(&at, &at.pointers.items[i], met, i + 1, insert));
    }
    return NULL;
}
