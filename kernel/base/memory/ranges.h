/* Kernel addresses by whole pages, with nothing mapped there yet. */
#ifndef BASE_RANGES_H
#define BASE_RANGES_H

#include <stddef.h>

/* `pages` adjacent pages of addresses, or NULL. */
void *range_allocate(size_t pages);
void range_free(void *range, size_t pages);
/* How many pages of addresses are handed out now. */
size_t ranges_in_use(void);

#endif
