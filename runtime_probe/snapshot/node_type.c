#include "node_type.h"

enum { TYPE_DEPTH = 32 };

static bool type_is_record(const struct image *image, uint32_t type) {
    return type != IMAGE_NONE && (image->types[type].kind == TYPE_STRUCT || image->types[type].kind == TYPE_UNION);
}

uint32_t node_type_of_pointer(const struct image *image, uint32_t pointer, bool *out_twice) {
    *out_twice = false;
    if (image->types[pointer].kind != TYPE_POINTER) {
        return IMAGE_NONE;
    }
    uint32_t target = image->types[pointer].target;
    if (image->types[target].kind == TYPE_POINTER) {
        *out_twice = true;
        target = image->types[target].target;
    }
    return type_is_record(image, target) ? target : IMAGE_NONE;
}

static bool record_links_to(const struct image *image, uint32_t type, uint32_t self, int depth) {
    const struct type *record = &image->types[type];
    for (uint32_t i = 0; i < record->member_count; i++) {
        const struct type_member *member = &record->members[i];
        bool twice = false;
        if (node_type_of_pointer(image, member->type, &twice) == self && !twice) {
            return true;
        }
        bool anonymous = member->name[0] == 0 && type_is_record(image, member->type);
        bool array = image->types[member->type].kind == TYPE_ARRAY;
        uint32_t element = array ? image->types[member->type].target : IMAGE_NONE;
        if (anonymous && depth < TYPE_DEPTH && record_links_to(image, member->type, self, depth + 1)) {
            return true;
        }
        if (array && node_type_of_pointer(image, element, &twice) == self && !twice) {
            return true; /* children[2] */
        }
    }
    return false;
}

bool node_type_is(const struct image *image, uint32_t type) {
    return type_is_record(image, type) && record_links_to(image, type, type, 0);
}
