#ifndef SPILLSCOPE_STORE_LOCK_H
#define SPILLSCOPE_STORE_LOCK_H
/*
 * The one-writer lock of a database: an advisory lock on the file "DATABASE-lock", which the holder removes on release. The kernel
 * drops it when the holder dies, so a killed writer never blocks the next one.
 */
#include "spillscope/error.h"

/* Waits up to two seconds; then ERROR_DATABASE says that another process writes. *out_descriptor is the held lock. */
struct error *store_lock_acquire(const char *database, int *out_descriptor);
void store_lock_release(const char *database, int descriptor); /* descriptor < 0 is fine */

#endif
