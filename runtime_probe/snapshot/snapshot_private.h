#ifndef SPILLSCOPE_SNAPSHOT_PRIVATE_H
#define SPILLSCOPE_SNAPSHOT_PRIVATE_H
#include "spillscope/snapshot.h"

/* Makes the hash of a snapshot whose regions are complete. */
struct error *snapshot_reindex(struct snapshot *snapshot);

#endif
