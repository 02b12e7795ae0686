/* Trials of a kernel's strength (api/trial.h). Each prints what went wrong and a last line "NAME: done", and gives 0 if nothing did. */
#ifndef CLIENTS_TRIALS_H
#define CLIENTS_TRIALS_H

#include <api/trial.h>
#include <stdbool.h>

/* Waits until ended tasks are gone and as much is in use as `expected` says; `compare_pages` counts page frames, too.
 * Prints both if that does not come about. */
bool usage_settle(const char *trial, const struct trial_usage *expected, bool compare_pages);

/* The workload with `rounds`, ten and a hundred times as many: as much is in use after each. */
int32_t leak_run(uint64_t rounds, uint64_t seed);
/* Each request with its first, second ... allocation failing until it succeeds: an error, and nothing left behind. */
int32_t starve_run(void);
/* That many clients killed at random: at an instruction, wherever they are, or asleep. Nothing is left behind, and another client is not
 * hurt. */
int32_t kill_run(uint64_t clients, uint64_t seed);
/* That many clients that fault deep in nested calls while they hold objects at each level. Each ends with STATUS_FAULT, the scopes on its
 * stack are left, and others that share with it go on. */
int32_t fault_run(uint64_t clients, uint64_t seed);

#endif
