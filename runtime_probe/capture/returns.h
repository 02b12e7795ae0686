#ifndef CAPTURE_RETURNS_H
#define CAPTURE_RETURNS_H
/* Where a call or an interrupt comes back, by what a CPU has in its registers and on its stack at the first instruction. */
#include "spillscope/guest.h"
#include "watcher.h"

/* False when the stack cannot be read. */
bool watcher_call_return(struct watcher *watcher, const struct watcher_place *place, struct guest_return *out_return);
bool watcher_interrupt_return(struct watcher *watcher, const struct watcher_place *place, struct guest_return *out_return);

#endif
