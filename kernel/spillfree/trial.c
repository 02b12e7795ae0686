/* Nothing kills a client at an arbitrary instruction in this design: it ends by returning, when it sees that it was cancelled. */
#include <api/trial.h>

status_t trial_doom(uint64_t steps) {
    (void)steps;
    return STATUS_NOT_FOUND;
}
