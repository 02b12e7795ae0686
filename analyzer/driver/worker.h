#ifndef WORKER_H
#define WORKER_H
/*
 * `spillscope-facts` processes: each is given a batch of entries and says on its standard output, line by line, what it does. A
 * crash, a time limit or a failure costs only the unit in hand; what the batch had left is given out again.
 */
#include <stdbool.h>
#include <stddef.h>
#include "spillscope/error.h"

/* One unit to make facts of. */
struct worker_job {
    size_t entry;       /* index in the compile database */
    const char *output; /* borrowed */
    char *message;      /* result: owned by the caller, NULL = written */
    bool done;
};

/* How to run them. */
struct worker_plan {
    const char *program;          /* spillscope-facts */
    const char *compile_commands; /* file */
    const char *scratch;          /* directory for batch files */
    int processes;
    unsigned timeout_seconds;                    /* for one unit */
    void (*advance)(void *context, size_t done); /* after each unit; NULL = none */
    void *context;
};

/* Runs all jobs to `done`. ERROR_IO when workers cannot be started or speak nonsense. */
struct error *worker_run(const struct worker_plan *plan, struct worker_job *jobs, size_t count);

#endif
