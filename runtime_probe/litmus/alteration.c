#include "alteration.h"

#include <stdlib.h>
#include <string.h>

#include "spillscope/state_key.h"

enum { KEY_ROOM = 4096 };

void alterations_deinit(struct alterations *alterations) {
    free(alterations->list);
    *alterations = (struct alterations){0};
}

struct search {
    const struct plan *plan;
    const char *key;
    enum alteration_kind kind;
    const struct region *now;
    const uint8_t *new_bytes;
    const uint8_t *old_bytes; /* NULL = the object is new */
    struct alterations *found;
    struct error *error;
};

static bool bit_get(const uint8_t *bytes, uint64_t bit) {
    return bytes[bit / 8] >> bit % 8 & 1;
}

static void bit_set(uint8_t *bytes, uint64_t bit, bool value) {
    uint8_t mask = (uint8_t)(1U << bit % 8);
    bytes[bit / 8] = (uint8_t)(value ? bytes[bit / 8] | mask : bytes[bit / 8] & ~mask);
}

static bool leaf_differs(const struct search *search, const struct leaf *leaf) {
    for (uint64_t bit = leaf->bit_offset; bit < leaf->bit_offset + leaf->bit_size; bit++) {
        if (!search->old_bytes || bit_get(search->old_bytes, bit) != bit_get(search->new_bytes, bit)) {
            return true;
        }
    }
    return false;
}

/* The value of a small leaf. */
static uint64_t leaf_value(const uint8_t *bytes, uint64_t first, uint64_t size) {
    uint64_t value = 0;
    for (uint64_t i = 0; i < size && i < 64; i++) {
        value |= (uint64_t)bit_get(bytes, first + i) << i;
    }
    return value;
}

static void leaf_put(uint8_t *bytes, uint64_t first, uint64_t size, uint64_t value) {
    for (uint64_t i = 0; i < size; i++) {
        bit_set(bytes, first + i, i < 64 && value >> i & 1);
    }
}

/* The enumerator that follows the present one; any but it, where it is none. */
static uint64_t enumerator_next(const struct type *type, uint64_t value, uint64_t size) {
    uint64_t mask = size < 64 ? (1ULL << size) - 1 : UINT64_MAX;
    for (uint32_t i = 0; i < type->enumerator_count; i++) {
        if (((uint64_t)type->enumerators[i].value & mask) == value) {
            return (uint64_t)type->enumerators[(i + 1) % type->enumerator_count].value;
        }
    }
    return type->enumerator_count ? (uint64_t)type->enumerators[0].value : value + 1;
}

static void leaf_perturb(const struct search *search, const struct leaf *leaf, uint8_t *bytes, uint64_t first) {
    const struct type *type = &search->plan->image->types[leaf->type];
    uint64_t value = leaf_value(bytes, first, leaf->bit_size);
    switch (type->kind) {
    case TYPE_POINTER:
        value = 0;
        break;
    case TYPE_ENUM:
        value = enumerator_next(type, value, leaf->bit_size);
        break;
    default:
        value = strcmp(type->name, "_Bool") == 0 || strcmp(type->name, "bool") == 0 ? value ^ 1 : value + 1;
        break;
    }
    leaf_put(bytes, first, leaf->bit_size, value);
}

static struct error *alterations_add(struct alterations *alterations, const struct alteration *alteration) {
    if (alterations->count == alterations->capacity) {
        size_t capacity = alterations->capacity ? alterations->capacity * 2 : 16;
        struct alteration *grown = realloc(alterations->list, capacity * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        alterations->list = grown;
        alterations->capacity = capacity;
    }
    alterations->list[alterations->count++] = *alteration;
    return NULL;
}

static bool leaf_is_meant(const struct search *search, const struct leaf *leaf) {
    char key[KEY_ROOM];
    const char *root = search->plan->shapes[search->now->shape].root;
    size_t root_length = strlen(root);
    size_t path_length = strlen(leaf->path);
    if (root_length + path_length >= sizeof key) {
        return false;
    }
    memcpy(key, root, root_length);
    memcpy(key + root_length, leaf->path, path_length + 1);
    return state_key_overlaps(search->key, key);
}

static bool leaf_visit(void *context, const struct leaf *leaf) {
    struct search *search = context;
    uint64_t low = leaf->bit_offset / 8;
    uint64_t high = (leaf->bit_offset + leaf->bit_size + 7) / 8;
    if (high > search->now->size || high - low > ALTERATION_BYTES || !leaf_is_meant(search, leaf) || !leaf_differs(search, leaf)) {
        return true;
    }
    struct alteration alteration = {.address = search->now->address + low, .count = (uint32_t)(high - low)};
    memcpy(alteration.bytes, search->new_bytes + low, high - low);
    uint64_t first = leaf->bit_offset - low * 8;
    if (search->kind == ALTERATION_PERTURB) {
        leaf_perturb(search, leaf, alteration.bytes, first);
    } else {
        for (uint64_t bit = 0; bit < leaf->bit_size; bit++) {
            bit_set(alteration.bytes, first + bit, search->old_bytes && bit_get(search->old_bytes, leaf->bit_offset + bit));
        }
    }
    if (memcmp(alteration.bytes, search->new_bytes + low, high - low) != 0) {
        search->error = alterations_add(search->found, &alteration);
    }
    return !search->error;
}

struct error *alterations_find(const struct plan *plan, const char *key, enum alteration_kind kind, const struct snapshot *before,
                               const struct snapshot *after, struct alterations *out_alterations) {
    struct alterations found = {0};
    struct search search = {.plan = plan, .key = key, .kind = kind, .found = &found};
    size_t root = state_key_root_length(key);
    for (uint32_t i = 0; i < after->count && !search.error; i++) {
        const struct region *now = &after->regions[i];
        const struct shape *shape = &plan->shapes[now->shape];
        if (state_key_root_length(shape->root) != root || strncmp(shape->root, key, root) != 0) {
            continue;
        }
        const struct region *then = snapshot_find(before, now->address, now->shape);
        then = then && then->size == now->size && now->born <= before->serial ? then : NULL;
        search.now = now;
        search.new_bytes = after->bytes + now->data;
        search.old_bytes = then ? before->bytes + then->data : NULL;
        image_leaves(plan->image, shape->type, now->size, 0, now->size, leaf_visit, &search);
    }
    if (search.error) {
        alterations_deinit(&found);
        return search.error;
    }
    *out_alterations = found;
    return NULL;
}
