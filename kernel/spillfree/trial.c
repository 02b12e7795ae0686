/* How clients are ended in this design, for trials. */
#include <base/trial/trial.h>
#include <state_db/soft_state.h>
#include <tasks/ending.h>

status_t trial_doom(uint64_t steps) {
    status_t status = trial_mark(task_current(), steps);
    if (status == STATUS_OK) {
        steps_trap();
    }
    return status;
}

status_t trial_forget(void) {
    soft_states_forget();
    return STATUS_OK;
}
