/* Physical page frames, handed out by their addresses in the direct map. */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes over the RAM from `first` to `end` (physical addresses). */
void pages_init(uint64_t first, uint64_t end);
/* `count` adjacent pages with undefined contents, or NULL. The caller owns them. */
void *page_allocate(size_t count);
/* Gives pages back. Panics if they were not allocated. */
void page_free(void *pages, size_t count);
/* How many pages are free now. */
size_t pages_available(void);
/* How many of those that were free at start are not. */
size_t pages_in_use(void);
/* Whether what is known of them fits together. */
bool pages_consistent(void);

#endif
