#ifndef PROBE_ENDING_H
#define PROBE_ENDING_H
/* How a run came to an end that nobody asked for, in words. */
#include "spillscope/error.h"
#include "spillscope/image.h"
#include "spillscope/machine.h"
#include "spillscope/stop_reply.h"

/* An error of the connection; where QEMU's death is the cause, one that tells of it instead. `machine` NULL = somebody else's. Takes `error` over. */
struct error *ending_explain(struct machine *machine, struct error *error);

/* Has QEMU ended by itself, or at the guest's wish, and not of a signal? */
bool ending_is_exit(struct machine *machine);

/*
 * The guest is gone and did not reach `end`, the address at which its workload ends: it panicked, shut down, reset itself, or QEMU died.
 * `reply` is what the stub said of it, NULL = nothing.
 */
struct error *ending_early(struct machine *machine, const struct image *image, uint64_t end, const struct stop_reply *reply);

/* The workload has begun a second time. */
struct error *ending_reboot(const struct image *image, uint64_t begin);

#endif
