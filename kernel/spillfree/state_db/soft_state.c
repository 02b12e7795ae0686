#include <state_db/soft_state.h>

extern struct soft_state soft_states_begin[], soft_states_end[];

void soft_states_forget(void) {
    for (struct soft_state *soft = soft_states_begin; soft < soft_states_end; soft++) {
        __atomic_store_n(&soft->value, 0, __ATOMIC_RELAXED);
    }
}
