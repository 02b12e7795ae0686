#ifndef SPILLSCOPE_DIFFERENCE_PRIVATE_H
#define SPILLSCOPE_DIFFERENCE_PRIVATE_H
/* Questions that the comparison asks about the task's own bytes. */
#include "spillscope/difference.h"

/* `fresh`: of an object that is new, so that what was stored to it and kept the old memory's value counts. */
bool own_bytes_has(const struct own_bytes *own, const struct region *region, uint64_t byte, bool fresh);
/* If it is not one of them, is it known not to be? */
bool own_bytes_knows(const struct own_bytes *own, const struct region *region, uint64_t byte);
bool own_bytes_has_any(const struct own_bytes *own, const struct region *region);

#endif
