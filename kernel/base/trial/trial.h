/* Trials: what makes allocations fail and clients die for a test (api/trial.h), and tells what is in use. */
#ifndef BASE_TRIAL_H
#define BASE_TRIAL_H

#include <api/trial.h>
#include <base/boot/start_info.h>
#include <stdbool.h>
#include <stddef.h>

struct task;

/* Before anything is allocated: with starve_site=NUMBER each allocation fails that returns so many bytes behind KERNEL_BASE. */
void trial_prepare(const struct boot_options *options);
/* At start: allows trials if the command line asks for one. */
void trial_init(const struct boot_options *options);
/* Whether tasks may be starved, doomed and killed. */
bool trial_allowed(void);
/* Whether this is a trial at all: else allocators ask no further. */
extern bool trial_active;
/* Fills memory that was just allocated with TRIAL_SECRET, in trials that look for it. */
void integrity_fill(void *memory, size_t size);
/* The same, called by the allocators of memory. */
static inline void trial_fill(void *memory, size_t size) {
    if (trial_active) {
        integrity_fill(memory, size);
    }
}
/* Whether the allocation that has to fail is this one. */
bool trial_fails(const void *site);
/* Whether an allocation that is about to be made has to fail. Called by all allocators; `site` is where they return to. */
static inline bool trial_starves(const void *site) {
    return trial_active && trial_fails(site);
}
/* `task` is to be killed after `steps` more calls of trial_step. */
status_t trial_mark(const struct task *task, uint64_t steps);
bool trial_marked(const struct task *task);
/* Counts one instruction of a marked task. True if it goes on, false if it is to be killed now, and marked no more. */
bool trial_step(void);

#endif
