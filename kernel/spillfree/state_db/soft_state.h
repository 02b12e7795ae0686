/* Soft states (thesis 7.2): what is kept only to be had faster, and can be lost at any time without harm.
 *
 * A soft state has no other way to be read than by the function that SOFT_STATE makes, and no way to be written at all: what is lost is made anew
 * by the one function that can make it, from what is not soft. So it never holds anything that is nowhere else. `spillscope check` finds code that
 * looks inside. All of them lie next to each other, so that a trial can lose them. */
#ifndef SPILLFREE_SOFT_STATE_H
#define SPILLFREE_SOFT_STATE_H

#include <spillscope_contracts.h>
#include <stdint.h>

struct SPILLSCOPE_OPAQUE("spillfree/state_db") soft_state {
    uint64_t value; /* 0: lost, as at the beginning */
};

/* Gives the same each time as long as the kernel runs, never 0, and changes nothing. */
typedef uint64_t soft_state_regenerate(uint64_t argument);

/* Several CPUs may make it anew at the same time: each makes the same. */
static inline uint64_t soft_state_read(struct soft_state *soft, soft_state_regenerate *regenerate, uint64_t argument) {
    uint64_t value = __atomic_load_n(&soft->value, __ATOMIC_RELAXED);
    if (value == 0) {
        value = regenerate(argument);
        __atomic_store_n(&soft->value, value, __ATOMIC_RELAXED);
    }
    return value;
}

/* Loses all there are, for trials. */
void soft_states_forget(void);

/* `name(argument)`, for each argument below `count` a state that `regenerate` makes. */
#define SOFT_STATE(name, count, regenerate)                                                                                                          \
    static struct soft_state name##_soft[count] __attribute__((section(".data.soft_states")));                                                       \
    static uint64_t name(uint64_t argument) {                                                                                                        \
        return soft_state_read(&name##_soft[argument], regenerate, argument);                                                                        \
    }

#endif
