#include "members.h"

#include <stdlib.h>
#include <string.h>

#include "node_type.h"
#include "type_path.h"
#include "value.h"

/* One kind of link, or one array. */
struct member_kind {
    uint32_t type;              /* of the nodes; IMAGE_NONE = the array at this place */
    const struct region *array; /* the object with it, as it is now */
    uint64_t bit_offset;        /* of its first element */
    struct map before;          /* address of each node that is led to -> 1 */
    struct map after;
};

void members_init(struct members *members, const struct plan *plan, const struct snapshot *before, const struct snapshot *after) {
    *members = (struct members){.plan = plan,
                                .before = {.plan = plan, .snapshot = before},
                                .after = {.plan = plan, .snapshot = after},
                                .kinds = VECTOR_OF(struct member_kind)};
}

void members_deinit(struct members *members) {
    for (size_t i = 0; i < members->kinds.count; i++) {
        struct member_kind *kind = VECTOR_AT(&members->kinds, struct member_kind, i);
        map_deinit(&kind->before);
        map_deinit(&kind->after);
    }
    vector_deinit(&members->kinds);
    identities_deinit(&members->before);
    identities_deinit(&members->after);
}

/* ------------------------------------------------------------------------------------------------ who is led to */

struct gathering {
    const struct region *region;
    const uint8_t *bytes; /* of the region */
    uint32_t pointer_size;
    uint64_t node_size;
    struct map *nodes;
};

static void gather_link(const struct gathering *gathering, const struct plan_link *link, uint32_t dimension, uint64_t offset) {
    const struct region *region = gathering->region;
    if (dimension < link->dimensions) {
        uint64_t stride = link->dimension[dimension].stride;
        uint64_t count = link->dimension[dimension].count;
        for (uint64_t i = 0; stride && (!count || i < count) && offset + i * stride + gathering->pointer_size <= region->size; i++) {
            gather_link(gathering, link, dimension + 1, offset + i * stride);
        }
        return;
    }
    if (offset + gathering->pointer_size > region->size) {
        return;
    }
    uint64_t value = value_bits(gathering->bytes, region->size, 8 * offset, 8ULL * gathering->pointer_size);
    uint64_t place = region->address + offset;
    bool itself = value <= place && place - value < gathering->node_size; /* an empty list's head, or a node that is in none */
    if (value && !itself) {
        map_insert(gathering->nodes, value, 1);
    }
}

static void gather(const struct plan *plan, const struct snapshot *snapshot, uint32_t type, struct map *nodes) {
    for (uint32_t i = 0; i < snapshot->count; i++) {
        const struct region *region = &snapshot->regions[i];
        const struct shape *shape = &plan->shapes[region->shape];
        struct gathering gathering = {region, snapshot->bytes + region->data, plan->image->pointer_size, plan->image->types[type].size, nodes};
        for (uint32_t l = 0; l < shape->link_count; l++) {
            if (shape->links[l].type == type) {
                gather_link(&gathering, &shape->links[l], 0, shape->links[l].offset);
            }
        }
    }
}

/* The elements of an array of pointers. */
static void gather_array(const struct plan *plan, const struct region *region, const uint8_t *bytes, uint64_t bit_offset, uint64_t count,
                         struct map *nodes) {
    uint64_t step = 8ULL * plan->image->pointer_size;
    for (uint64_t i = 0; (!count || i < count) && bit_offset + (i + 1) * step <= 8 * region->size; i++) {
        uint64_t value = value_bits(bytes, region->size, bit_offset + i * step, step);
        if (value) {
            map_insert(nodes, value, 1);
        }
    }
}

static struct member_kind *kind_find(struct members *members, uint32_t type, const struct region *array, uint64_t bit_offset) {
    for (size_t i = 0; i < members->kinds.count; i++) {
        struct member_kind *kind = VECTOR_AT(&members->kinds, struct member_kind, i);
        if (kind->type == type && (type != IMAGE_NONE || (kind->array == array && kind->bit_offset == bit_offset))) {
            return kind;
        }
    }
    return NULL;
}

static struct member_kind *kind_add(struct members *members, uint32_t type, const struct region *array, uint64_t bit_offset) {
    struct member_kind *kind = vector_push(&members->kinds);
    *kind = (struct member_kind){.type = type, .array = array, .bit_offset = bit_offset};
    members->failed = members->failed || members->kinds.failed;
    return kind;
}

static struct member_kind *kind_of_links(struct members *members, uint32_t type) {
    struct member_kind *kind = kind_find(members, type, NULL, 0);
    if (!kind) {
        kind = kind_add(members, type, NULL, 0);
        gather(members->plan, members->before.snapshot, type, &kind->before);
        gather(members->plan, members->after.snapshot, type, &kind->after);
        members->failed = members->failed || kind->before.failed || kind->after.failed;
    }
    return kind;
}

/* The array of pointers that the leaf is an element of; NULL when it is none. */
static struct member_kind *kind_of_array(struct members *members, const struct member_change *change) {
    const struct image *image = members->plan->image;
    const struct leaf *leaf = change->leaf;
    size_t length = strlen(leaf->path);
    const char *bracket = strrchr(leaf->instance, '[');
    if (length < 2 || strcmp(leaf->path + length - 2, "[]") != 0 || !bracket) {
        return NULL;
    }
    uint64_t first = leaf->bit_offset - strtoull(bracket + 1, NULL, 10) * 8 * image->pointer_size;
    struct member_kind *kind = kind_find(members, IMAGE_NONE, change->now, first);
    if (kind) {
        return kind;
    }
    struct text path = {0};
    struct type_place place = {.type = IMAGE_NONE};
    text_append_bytes(&path, leaf->path, length - 2);
    bool found = !path.failed && type_path_find(image, members->plan->shapes[change->now->shape].type, text_string(&path), &place);
    text_deinit(&path);
    if (!found || image->types[place.type].kind != TYPE_ARRAY) {
        return NULL;
    }
    kind = kind_add(members, IMAGE_NONE, change->now, first);
    uint64_t count = image->types[place.type].count;
    gather_array(members->plan, change->then, members->before.snapshot->bytes + change->then->data, first, count, &kind->before);
    gather_array(members->plan, change->now, members->after.snapshot->bytes + change->now->data, first, count, &kind->after);
    members->failed = members->failed || kind->before.failed || kind->after.failed;
    return kind;
}

/* ------------------------------------------------------------------------------------------------ effects */

/* The record that the leaf lies in, and where that begins in the object. */
static bool leaf_record(const struct members *members, const struct member_change *change, uint32_t *out_type, uint64_t *out_offset) {
    const struct image *image = members->plan->image;
    uint32_t root = members->plan->shapes[change->now->shape].type;
    const char *dot = strrchr(change->leaf->path, '.');
    struct text path = {0};
    struct type_place place = {.type = IMAGE_NONE};
    struct type_place within = {.type = IMAGE_NONE};
    if (!dot) {
        return false;
    }
    text_append_bytes(&path, change->leaf->path, (size_t)(dot - change->leaf->path));
    bool found = !path.failed && type_path_find(image, root, text_string(&path), &place) &&
                 (image->types[place.type].kind == TYPE_STRUCT || image->types[place.type].kind == TYPE_UNION);
    text_clear(&path);
    text_append(&path, dot);
    found = found && !path.failed && type_path_find(image, place.type, text_string(&path), &within);
    text_deinit(&path);
    if (found) {
        const char *bracket = strrchr(change->leaf->instance, '[');
        uint64_t index = within.in_array && bracket ? strtoull(bracket + 1, NULL, 10) : 0; /* children[1] */
        *out_type = place.type;
        *out_offset = change->leaf->bit_offset / 8 - within.offset - index * image->pointer_size;
    }
    return found;
}

/* Is there another object at the address than there was at entry? */
static bool is_new_object(struct members *members, uint64_t address) {
    const struct region *region = NULL;
    members->failed = members->failed || !identities_find(&members->after, address, &region);
    return region && region->born > members->before.snapshot->serial;
}

static bool was_member(struct members *members, const struct member_kind *kind, uint64_t node) {
    uint64_t one = 0;
    return map_find(&kind->before, node, &one) && !is_new_object(members, node);
}

static bool is_member(const struct member_kind *kind, uint64_t node) {
    uint64_t one = 0;
    return map_find(&kind->after, node, &one);
}

static enum difference_effect plain_effect(uint64_t old_value, uint64_t new_value) {
    return !old_value && new_value ? DIFFERENCE_ADDED : old_value && !new_value ? DIFFERENCE_REMOVED : DIFFERENCE_MODIFIED;
}

/* By the members that the pointer led and leads to; 0 stands for none. `same` is the effect where all of them were and are members. */
static enum difference_effect target_effect(struct members *members, const struct member_kind *kind, uint64_t old_node, uint64_t new_node,
                                            enum difference_effect same) {
    bool joined = new_node && is_member(kind, new_node) && !was_member(members, kind, new_node);
    bool left = old_node && (!is_member(kind, old_node) || is_new_object(members, old_node));
    if (joined != left) {
        return joined ? DIFFERENCE_ADDED : DIFFERENCE_REMOVED;
    }
    return joined || (!old_node && !new_node) ? DIFFERENCE_MODIFIED : same;
}

static enum difference_effect link_effect(struct members *members, const struct member_change *change, uint32_t type, uint64_t offset, bool twice) {
    const struct member_kind *kind = kind_of_links(members, type);
    uint64_t node = change->now->address + offset;
    bool was = was_member(members, kind, node);
    bool is = is_member(kind, node);
    if (was != is) {
        return is ? DIFFERENCE_ADDED : DIFFERENCE_REMOVED;
    }
    if (twice) {
        return DIFFERENCE_MOVED; /* the pointer before it is another one now */
    }
    if (change->old_value == node || change->new_value == node) { /* the head of a circle, which is empty when it leads to itself */
        return plain_effect(change->old_value == node ? 0 : change->old_value, change->new_value == node ? 0 : change->new_value);
    }
    return target_effect(members, kind, change->old_value, change->new_value, DIFFERENCE_MOVED);
}

/* Looks for a link of one node that leads to another. */
struct link_search {
    const struct plan *plan;
    const struct region *region;
    const uint8_t *bytes;
    uint32_t type;
    uint64_t target;
    bool found;
};

static bool link_visit(void *context, const struct leaf *leaf) {
    struct link_search *search = context;
    bool twice = false;
    bool link = node_type_of_pointer(search->plan->image, leaf->type, &twice) == search->type && !twice;
    search->found = link && value_bits(search->bytes, search->region->size, leaf->bit_offset, leaf->bit_size) == search->target;
    return !search->found;
}

static bool node_leads_to(struct members *members, struct identities *identities, uint32_t type, uint64_t node, uint64_t target) {
    const struct region *region = NULL;
    members->failed = members->failed || !identities_find(identities, node, &region);
    if (!region || !region->size) {
        return false;
    }
    struct link_search search = {members->plan, region, identities->snapshot->bytes + region->data, type, target, false};
    image_leaves(members->plan->image, members->plan->shapes[region->shape].type, region->size, node - region->address,
                 members->plan->image->types[type].size, link_visit, &search);
    return search.found;
}

/*
 * A pointer that is no link itself, to a node: the head of a list or a tree, or just somebody's. A head is known by what it leads to now and then
 * being linked.
 */
static enum difference_effect head_effect(struct members *members, const struct member_change *change, uint32_t type) {
    const struct member_kind *kind = kind_of_links(members, type);
    enum difference_effect effect = target_effect(members, kind, change->old_value, change->new_value, DIFFERENCE_MODIFIED);
    if (effect == DIFFERENCE_ADDED && change->old_value && !node_leads_to(members, &members->after, type, change->new_value, change->old_value)) {
        return DIFFERENCE_MODIFIED;
    }
    if (effect == DIFFERENCE_REMOVED && change->new_value && !node_leads_to(members, &members->before, type, change->old_value, change->new_value)) {
        return DIFFERENCE_MODIFIED;
    }
    return effect == DIFFERENCE_MODIFIED ? plain_effect(change->old_value, change->new_value) : effect;
}

enum difference_effect members_effect(struct members *members, const struct member_change *change) {
    const struct image *image = members->plan->image;
    enum difference_effect effect = plain_effect(change->old_value, change->new_value);
    bool twice = false;
    uint32_t type = node_type_of_pointer(image, change->leaf->type, &twice);
    uint32_t within = IMAGE_NONE;
    uint64_t offset = 0;
    bool node = type != IMAGE_NONE && node_type_is(image, type);
    const struct member_kind *array = NULL;
    if (node && leaf_record(members, change, &within, &offset) && within == type) {
        effect = link_effect(members, change, type, offset, twice);
    } else if (!twice && (array = kind_of_array(members, change))) {
        effect = target_effect(members, array, change->old_value, change->new_value, DIFFERENCE_MOVED);
    } else if (!twice && node) {
        effect = head_effect(members, change, type);
    }
    return members->failed ? plain_effect(change->old_value, change->new_value) : effect;
}
