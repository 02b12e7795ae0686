#ifndef SPILLSCOPE_LITMUS_H
#define SPILLSCOPE_LITMUS_H
/*
 * The litmus test (thesis 2.1.3): is a spilled state harmful? After a transaction that changed it, the state is set back to what it was, or
 * perturbed, and the client goes on with its workload. What then happens is the harm: shown, not argued.
 *
 * Each trial is a guest of its own, started from the user's command, which must bring its workload along and end by itself. Outcomes are
 * told by the guest's console and exit status against those of undisturbed runs (manifest, [litmus]). A trial with harm is repeated
 * without touching the state; where that deviates too, nothing is concluded.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/text.h"

struct litmus_request {
    const char *database;
    const char *elf;
    char *const *command; /* QEMU and its arguments */
    size_t command_count;
    const char *transaction; /* glob over names; NULL = all */
    const char *state;       /* glob over keys; NULL = all */
    bool reset;              /* set back to the value at entry */
    bool perturb;            /* another value of the type */
    bool again;              /* also pairs whose outcome for this kernel is known */
    uint32_t attempts;       /* executions of the transaction that are watched for a change of the state, at most */
    uint32_t jobs;           /* guests at a time */
    struct text *plan;       /* no guest is started and nothing stored: what would be tried is added here, one trial a line; NULL = try */
    int timeout_s;           /* for one guest; 0 = for an undisturbed one five minutes, for others 20 times as long as that took, at least 10 s */
};

struct litmus_summary {
    int64_t run_id; /* 0 = nothing was tried */
    uint64_t pairs; /* (transaction, state) pairs to try, times actions */
    uint64_t unharmed;
    uint64_t errors;
    uint64_t wrong;
    uint64_t hangs;
    uint64_t crashes;
    uint64_t unchanged; /* the state did not change in this workload, or has no other value */
    uint64_t unsettled; /* the control deviated as well */
    bool interrupted;
};

/* Pairs are those that probe runs observed to spill, declared ones included. Each outcome is stored as soon as it is known. */
struct error *litmus_run(const struct litmus_request *request, struct litmus_summary *out_summary);

#endif
