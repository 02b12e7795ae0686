#ifndef PROBE_CONCLUSION_H
#define PROBE_CONCLUSION_H
/* A run that is over: what its user is told, its row in the store, the guest that is let go. */
#include "run.h"

/* What the loop came back with, as the user should hear it. Takes `error` over. */
struct error *conclusion_explain(struct run *run, struct error *error);

/* Collects what the user must know of how it went. */
void conclusion_notices(struct run *run);

/* Closes the run's row; the first error wins. Takes `error` over. */
struct error *conclusion_store(struct run *run, struct error *error);

/* Leaves the guest alone: it runs on under a stub of somebody else, or to its end where a recorder wants that. */
struct error *conclusion_release(struct run *run);

void conclusion_summary(const struct run *run, struct probe_summary *out_summary);

#endif
