#ifndef SNAPSHOT_NODE_TYPE_H
#define SNAPSHOT_NODE_TYPE_H
/* Which types lists and trees are made of. */
#include "spillscope/image.h"

/*
 * The record that a pointer leads to; IMAGE_NONE when it leads to something else. *out_twice: only through another pointer (`pprev`).
 */
uint32_t node_type_of_pointer(const struct image *image, uint32_t pointer, bool *out_twice);

/* Does the record hold a pointer to its own type? Then its objects are nodes of lists or trees. */
bool node_type_is(const struct image *image, uint32_t type);

#endif
