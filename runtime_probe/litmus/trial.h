#ifndef SPILLSCOPE_TRIAL_H
#define SPILLSCOPE_TRIAL_H
/*
 * One guest from start to end. At an execution of the transaction that changed the state, the state is altered; then the guest is left alone.
 */
#include "alteration.h"
#include "spillscope/arch.h"
#include "spillscope/litmus.h"
#include "spillscope/plan.h"
#include "subjects.h"
#include "transcript.h"

enum trial_kind {
    TRIAL_REFERENCE, /* nothing is stopped or altered */
    TRIAL_CONTROL,   /* stopped as in the trial that it controls, nothing is altered */
    TRIAL_RESET,
    TRIAL_PERTURB
};

struct trial {
    const struct litmus_request *request;
    const struct plan *plan;
    const struct arch *arch;
    const char *folder; /* for the guest's console; the file is removed */
    enum trial_kind kind;
    const struct subject *subject; /* NULL for a reference */
    uint32_t execution;            /* control: which execution of the transaction is stopped at, from 1 */
    int timeout_ms;
};

struct trial_result {
    struct transcript transcript;
    uint32_t execution; /* the one after which the state was altered, from 1; 0 = no execution changed it, or no other value exists */
};

/* On success the transcript is the caller's. */
struct error *trial_run(const struct trial *trial, struct trial_result *out_result);

#endif
