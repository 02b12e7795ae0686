#ifndef SPILLSCOPE_TYPE_PATH_H
#define SPILLSCOPE_TYPE_PATH_H
/* Where a state-key path leads within a type. */
#include "spillscope/image.h"

struct type_place {
    uint64_t offset; /* bytes; arrays taken at their first element */
    uint32_t type;
    bool in_array; /* the path has "[]": the place repeats */
};

/* "" is the type itself. False when the path names no member. */
bool type_path_find(const struct image *image, uint32_t type, const char *path, struct type_place *out_place);

/* Does an object of `outer` hold, at one fixed place not in an array, exactly one object of `inner`? */
bool type_embeds(const struct image *image, uint32_t outer, uint32_t inner, uint64_t *out_offset);

/* May an object of `type` and of `size` bytes (an array of it, where that is more) hold one of `part` at this byte? True for what is nested too deep
 * to tell. */
bool type_holds_at(const struct image *image, uint32_t type, uint64_t size, uint64_t offset, uint32_t part);

/* The record type that a root names: "struct TAG", or "FILE:struct TAG" where a tag has several definitions. IMAGE_NONE = none. */
uint32_t type_of_root(const struct image *image, const char *root);

#endif
