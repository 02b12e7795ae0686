#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spillscope/store.h"

struct error *scratch_create(struct scratch *out_scratch) {
    const char *base = getenv("TMPDIR");
    struct scratch scratch = {0};
    if (asprintf(&scratch.folder, "%s/spillscope-XXXXXX", base && *base ? base : "/tmp") < 0) {
        return error_out_of_memory();
    }
    if (!mkdtemp(scratch.folder)) {
        struct error *error = error_create_errno("cannot make directory %s", scratch.folder);
        free(scratch.folder);
        return error;
    }
    if (asprintf(&scratch.database, "%s/scratch.db", scratch.folder) < 0) {
        rmdir(scratch.folder);
        free(scratch.folder);
        return error_out_of_memory();
    }
    *out_scratch = scratch;
    return NULL;
}

void scratch_remove(struct scratch *scratch) {
    if (scratch->database) {
        store_remove(scratch->database);
        rmdir(scratch->folder);
    }
    free(scratch->database);
    free(scratch->folder);
    *scratch = (struct scratch){0};
}
