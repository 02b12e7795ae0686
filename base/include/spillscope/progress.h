#ifndef SPILLSCOPE_PROGRESS_H
#define SPILLSCOPE_PROGRESS_H
/*
 * Progress of work that takes over two seconds, on stderr: one redrawn line with count, share and ETA on a terminal, a plain line
 * every ten seconds elsewhere. Draws nothing during the first two seconds.
 */
#include <stdbool.h>
#include <stddef.h>
#include "spillscope/scope.h"

struct progress; /* one piece of work; owned by the caller */

/* `what` is shown as it is ("parsing units"); total 0 = unknown. Returns NULL when memory is short: all calls accept NULL. */
struct progress *progress_create(const char *what, size_t total);
void progress_step(struct progress *progress, size_t done); /* absolute count */
void progress_destroy(struct progress *progress);           /* clears the line */
SCOPE_DEFINE(progress, struct progress *, progress_destroy)

#endif
