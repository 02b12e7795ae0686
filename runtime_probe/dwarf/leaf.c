/* Leaves of a type within a range of bytes. */
#include <stdio.h>
#include <string.h>
#include "spillscope/image.h"
#include "spillscope/text.h"

enum { LEAF_DEPTH_MAX = 64 };

struct leaf_walk {
    const struct image *image;
    uint64_t object_bits; /* size of the object */
    uint64_t low;         /* wanted bits */
    uint64_t high;
    struct text path;
    struct text instance;
    unsigned unions; /* around the place at hand */
    leaf_visitor *visitor;
    void *context;
};

static void text_truncate(struct text *text, size_t length) {
    if (text->data && length <= text->length) {
        text->length = length;
        text->data[length] = 0;
    }
}

static bool walk_type(struct leaf_walk *walk, uint32_t index, uint64_t at, uint64_t bits, unsigned depth);

/* Elements of an array of `count` (0 = as many as the object holds) that begins at bit `at`. */
static bool walk_elements(struct leaf_walk *walk, uint32_t element, uint64_t count, uint64_t at, bool named, unsigned depth) {
    uint64_t stride = 8 * walk->image->types[element].size;
    if (!stride) {
        return true;
    }
    if (!count) {
        count = walk->object_bits > at ? (walk->object_bits - at) / stride : 0;
    }
    uint64_t first = walk->low > at ? (walk->low - at) / stride : 0;
    size_t path = walk->path.length;
    size_t instance = walk->instance.length;
    bool go_on = true;
    for (uint64_t i = first; go_on && i < count && at + i * stride < walk->high; i++) {
        if (named) {
            text_append(&walk->path, "[]");
        }
        text_append_char(&walk->instance, '[');
        text_append_unsigned(&walk->instance, i);
        text_append_char(&walk->instance, ']');
        go_on = walk_type(walk, element, at + i * stride, stride, depth + 1);
        text_truncate(&walk->path, path);
        text_truncate(&walk->instance, instance);
    }
    return go_on;
}

static bool walk_record(struct leaf_walk *walk, const struct type *type, uint64_t at, unsigned depth) {
    size_t path = walk->path.length;
    size_t instance = walk->instance.length;
    bool go_on = true;
    walk->unions += type->kind == TYPE_UNION ? 1 : 0;
    for (uint32_t i = 0; go_on && i < type->member_count; i++) {
        const struct type_member *member = &type->members[i];
        const struct type *of = &walk->image->types[member->type];
        uint64_t from = at + member->bit_offset;
        bool flexible = of->kind == TYPE_ARRAY && !of->count;
        uint64_t end = flexible ? walk->object_bits : from + member->bit_size;
        if (end <= walk->low || from >= walk->high) {
            continue;
        }
        if (member->name[0]) {
            text_append_char(&walk->path, '.');
            text_append(&walk->path, member->name);
            text_append_char(&walk->instance, '.');
            text_append(&walk->instance, member->name);
        }
        go_on = walk_type(walk, member->type, from, member->bit_size, depth + 1);
        text_truncate(&walk->path, path);
        text_truncate(&walk->instance, instance);
    }
    walk->unions -= type->kind == TYPE_UNION ? 1 : 0;
    return go_on;
}

static bool walk_type(struct leaf_walk *walk, uint32_t index, uint64_t at, uint64_t bits, unsigned depth) {
    const struct type *type = &walk->image->types[index];
    if (depth > LEAF_DEPTH_MAX) {
        return true;
    }
    switch (type->kind) {
    case TYPE_ARRAY:
        return walk_elements(walk, type->target, type->count, at, true, depth);
    case TYPE_STRUCT:
    case TYPE_UNION:
        return walk_record(walk, type, at, depth);
    case TYPE_VOID:
    case TYPE_FUNCTION:
        return true;
    default:
        break;
    }
    if (at >= walk->high || at + bits <= walk->low) {
        return true;
    }
    struct leaf leaf = {text_string(&walk->path), text_string(&walk->instance), index, at, bits, walk->unions > 0};
    return walk->visitor(walk->context, &leaf);
}

/* Does the type end in a flexible array, itself or in its last member? */
static bool type_is_flexible(const struct image *image, uint32_t index) {
    for (int depth = 0; depth < LEAF_DEPTH_MAX; depth++) {
        const struct type *type = &image->types[index];
        if (type->kind == TYPE_ARRAY) {
            return !type->count;
        }
        if (type->kind != TYPE_STRUCT || !type->member_count) {
            return false;
        }
        index = type->members[type->member_count - 1].type;
    }
    return false;
}

void image_leaves(const struct image *image, uint32_t type, uint64_t object_size, uint64_t offset, uint64_t count, leaf_visitor *visitor,
                  void *context) {
    if (type >= image->type_count || !count) {
        return;
    }
    uint64_t size = image->types[type].size;
    object_size = object_size > size ? object_size : size;
    struct leaf_walk walk = {
        .image = image, .object_bits = 8 * object_size, .low = 8 * offset, .high = 8 * (offset + count), .visitor = visitor, .context = context};
    bool array = size && object_size >= 2 * size && !type_is_flexible(image, type) && image->types[type].kind != TYPE_ARRAY;
    if (array) {
        walk_elements(&walk, type, object_size / size, 0, false, 0);
    } else {
        walk_type(&walk, type, 0, 8 * size, 0);
    }
    text_deinit(&walk.path);
    text_deinit(&walk.instance);
}
