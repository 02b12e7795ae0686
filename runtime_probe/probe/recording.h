#ifndef PROBE_RECORDING_H
#define PROBE_RECORDING_H
/* The loop over the stops of a guest: lets it go on, and acts on each stop. */
#include "run.h"

/* Until the workload's end, the limit, the guest's end or the user's wish; the run says which. An error: what was seen before it is stored. */
struct error *recording_loop(struct run *run);

#endif
