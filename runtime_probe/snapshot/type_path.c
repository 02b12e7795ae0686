#include "type_path.h"

#include <string.h>

enum { DEPTH = 32 };

static bool member_find(const struct image *image, uint32_t type, const char *name, size_t length, int depth, uint64_t *out_bits,
                        uint32_t *out_type) {
    const struct type *record = &image->types[type];
    if (depth > DEPTH || (record->kind != TYPE_STRUCT && record->kind != TYPE_UNION)) {
        return false;
    }
    for (uint32_t i = 0; i < record->member_count; i++) {
        const struct type_member *member = &record->members[i];
        if (member->name[0] == 0) {
            uint64_t inner = 0;
            if (member_find(image, member->type, name, length, depth + 1, &inner, out_type)) {
                *out_bits = member->bit_offset + inner;
                return true;
            }
        } else if (strlen(member->name) == length && memcmp(member->name, name, length) == 0) {
            *out_bits = member->bit_offset;
            *out_type = member->type;
            return true;
        }
    }
    return false;
}

bool type_path_find(const struct image *image, uint32_t type, const char *path, struct type_place *out_place) {
    struct type_place place = {.type = type};
    const char *at = path;
    while (*at) {
        if (at[0] == '[' && at[1] == ']') {
            if (image->types[place.type].kind != TYPE_ARRAY) {
                return false;
            }
            place.type = image->types[place.type].target;
            place.in_array = true;
            at += 2;
            continue;
        }
        size_t length = strcspn(at + 1, ".[");
        uint64_t bits = 0;
        if (at[0] != '.' || !member_find(image, place.type, at + 1, length, 0, &bits, &place.type)) {
            return false;
        }
        place.offset += bits / 8;
        at += 1 + length;
    }
    *out_place = place;
    return true;
}

static unsigned embeds_count(const struct image *image, uint32_t outer, uint32_t inner, uint64_t base, int depth, uint64_t *offset) {
    const struct type *record = &image->types[outer];
    unsigned found = 0;
    if (depth > DEPTH || (record->kind != TYPE_STRUCT && record->kind != TYPE_UNION)) {
        return 0;
    }
    for (uint32_t i = 0; i < record->member_count; i++) {
        const struct type_member *member = &record->members[i];
        uint64_t at = base + member->bit_offset / 8;
        if (member->type == inner) {
            *offset = at;
            found++;
        } else {
            found += embeds_count(image, member->type, inner, at, depth + 1, offset);
        }
    }
    return found;
}

bool type_embeds(const struct image *image, uint32_t outer, uint32_t inner, uint64_t *out_offset) {
    uint64_t offset = 0;
    if (embeds_count(image, outer, inner, 0, 0, &offset) != 1) {
        return false;
    }
    *out_offset = offset;
    return true;
}

static bool holds_at(const struct image *image, uint32_t type, uint64_t size, uint64_t offset, uint32_t part, int depth) {
    const struct type *outer = &image->types[type];
    if (outer->size && size >= 2 * outer->size) {
        offset %= outer->size; /* an array */
    }
    if ((offset == 0 && type == part) || depth > DEPTH) {
        return true;
    }
    if (outer->kind == TYPE_ARRAY) {
        uint64_t element = image->types[outer->target].size;
        return element && holds_at(image, outer->target, element, offset % element, part, depth + 1);
    }
    for (uint32_t i = 0; (outer->kind == TYPE_STRUCT || outer->kind == TYPE_UNION) && i < outer->member_count; i++) {
        const struct type_member *member = &outer->members[i];
        uint64_t from = member->bit_offset / 8;
        uint64_t whole = image->types[member->type].size;
        bool flexible = image->types[member->type].kind == TYPE_ARRAY && !image->types[member->type].count;
        if (offset >= from && (flexible || offset - from < whole) && holds_at(image, member->type, whole, offset - from, part, depth + 1)) {
            return true;
        }
    }
    return false;
}

bool type_holds_at(const struct image *image, uint32_t type, uint64_t size, uint64_t offset, uint32_t part) {
    return holds_at(image, type, size, offset, part, 0);
}

uint32_t type_of_root(const struct image *image, const char *root) {
    const char *colon = strrchr(root, ':');
    if (!colon || (strncmp(colon + 1, "struct ", 7) != 0 && strncmp(colon + 1, "union ", 6) != 0)) {
        return image_type_by_name(image, root);
    }
    size_t length = (size_t)(colon - root);
    for (uint32_t i = 0; i < image->type_count; i++) {
        const struct type *type = &image->types[i];
        bool record = type->kind == TYPE_STRUCT || type->kind == TYPE_UNION;
        if (record && strcmp(type->name, colon + 1) == 0 && type->file && strlen(type->file) == length && memcmp(type->file, root, length) == 0) {
            return i;
        }
    }
    return IMAGE_NONE;
}
