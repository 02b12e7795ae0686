#ifndef SPILLSCOPE_SCRATCH_H
#define SPILLSCOPE_SCRATCH_H
/* A database that lives no longer than the command: for what must be worked out, and not kept. */
#include "spillscope/error.h"

/* A folder of its own under TMPDIR; the database in it is made by whoever uses the path. */
struct scratch {
    char *folder;
    char *database;
};

struct error *scratch_create(struct scratch *out_scratch);
void scratch_remove(struct scratch *scratch); /* the database, what lies beside it, and the folder; one that was never made is fine */

#endif
