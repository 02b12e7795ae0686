/* Trials of a kernel's strength (api/trial.h). Each prints what went wrong and a last line "NAME: done", and gives 0 if nothing did. */
#ifndef CLIENTS_TRIALS_H
#define CLIENTS_TRIALS_H

#include <api/trial.h>
#include <clients/worker.h>
#include <stdbool.h>

/* Waits until ended tasks are gone and as much is in use as `expected` says; `compare_pages` counts page frames, too.
 * Prints both if that does not come about. */
bool usage_settle(const char *trial, const struct trial_usage *expected, bool compare_pages);

/* The workload with `rounds`, ten and a hundred times as many: as much is in use after each. */
int32_t leak_run(uint64_t rounds, uint64_t seed);

struct starvation;

/* What a design's clients can do beyond the common API, for the trials. */
struct trial_extras {
    workload_step *step;                           /* as those of the workload */
    status_t (*sleep)(void);                       /* blocks for ever */
    void (*starve)(struct starvation *starvation); /* see clients/starve.h */
};

/* Each request with its first, second ... allocation failing until it succeeds: an error, and nothing left behind. `extras` may be NULL. */
int32_t starve_run(const struct trial_extras *extras);
/* That many clients killed at random: at an instruction, wherever they are, or asleep. Nothing is left behind, and another client is not
 * hurt. `extras` may be NULL. */
int32_t kill_run(uint64_t clients, uint64_t seed, const struct trial_extras *extras);
/* That many clients that fault deep in nested calls while they hold objects at each level. Each ends with STATUS_FAULT, the scopes on its
 * stack are left, and others that share with it go on. */
int32_t fault_run(uint64_t clients, uint64_t seed);

#endif
