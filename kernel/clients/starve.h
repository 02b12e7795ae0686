/* One request after the other without memory: what run=starve tries, and how it judges. */
#ifndef CLIENTS_STARVE_H
#define CLIENTS_STARVE_H

#include <api/trial.h>
#include <stdbool.h>

struct starvation {
    uint32_t requests; /* that succeeded in the end */
    uint32_t failures; /* allocations that failed */
    uint32_t wrong;    /* requests that did not behave */
    struct trial_usage before;
};

/* From now on the `number`-th allocation of the calling task fails. */
void starvation_prepare(struct starvation *starvation, uint64_t number);
/* Judges a request. True if it has to be tried again, with a later allocation failing. */
bool starvation_judge(struct starvation *starvation, const char *request, uint64_t number, status_t status);

#define STARVE(request)                                                                                                                              \
    for (uint64_t try = 1; starvation_judge(starvation, #request, try, (starvation_prepare(starvation, try), (request))); try++) {                   \
    }

#endif
