#ifndef CAPTURE_WATCHER_PRIVATE_H
#define CAPTURE_WATCHER_PRIVATE_H
/* Between the watcher's files. */
#include "watcher.h"

/* How many open calls return to a place. */
void watcher_filter_add(struct watcher *watcher, uint64_t return_pc);
void watcher_filter_remove(struct watcher *watcher, uint64_t return_pc);
/* A word of the kernel memory that a CPU uses: mostly of its stack. */
bool watcher_read_word(struct watcher *watcher, unsigned cpu, uint64_t address, uint64_t *out_value);
/* Notes what an allocator has given, where one has just returned. */
struct error *watcher_allocator_returned(struct watcher *watcher, const struct watcher_place *place);

#endif
