/* What tests of a kernel ask of it. No transactions: STATUS_DENIED unless the machine was started for a trial (run=leak, starve, kill). */
#ifndef API_TRIAL_H
#define API_TRIAL_H

#include <api/status.h>

/* What is in use now, of all clients and the kernel. */
struct trial_usage {
    uint64_t objects;   /* of the kernel's heap */
    uint64_t pages;     /* page frames, but those of tables for kernel addresses, which stay */
    uint64_t addresses; /* pages of kernel addresses */
};

status_t trial_usage(struct trial_usage *usage);
/* The calling task's `number`-th allocation from now on fails, once: 1 is the next one, 0 none. `failed` gets 1 if the
 * one asked for before has failed. */
status_t trial_starve(uint64_t number, uint32_t *failed);
/* The calling task is killed after `steps` of its own instructions, wherever it is then. STATUS_NOT_FOUND in a design that
 * can kill no client at an arbitrary instruction. One task at a time. */
status_t trial_doom(uint64_t steps);

#endif
