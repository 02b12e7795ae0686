#ifndef RECORDER_OPEN_CALLS_H
#define RECORDER_OPEN_CALLS_H
/* Hooked calls that have not come back yet, by where they return to and the stack pointer that the return leaves. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OPEN_CALLS_FILTER_BITS = 12 };

struct open_call {
    uint64_t return_pc;
    uint64_t return_stack;
    uint64_t array; /* that the call fills; 0 = none */
};

/* Empty when it is all zeros. */
struct open_calls {
    struct open_call *list; /* owned; the newest last, but for the gaps that were closed */
    size_t count;
    size_t capacity;
    uint16_t filter[1 << OPEN_CALLS_FILTER_BITS]; /* how many return to an address with this hash */
};

static inline size_t open_calls_slot(uint64_t pc) {
    return (pc ^ pc >> OPEN_CALLS_FILTER_BITS) & ((1U << OPEN_CALLS_FILTER_BITS) - 1);
}

/* Whether one may return to `pc`: asked for each block that runs, so it is quick, and true too often. */
static inline bool open_calls_may_return(const struct open_calls *calls, uint64_t pc) {
    return calls->filter[open_calls_slot(pc)] != 0;
}

/* One that is there already stays: a tail call, or the frame of a task that was killed; one return ends both. False when memory is short. */
bool open_calls_add(struct open_calls *calls, const struct open_call *call);
/* Has control come back from one here? Then it is open no more. */
bool open_calls_end(struct open_calls *calls, uint64_t pc, uint64_t stack, struct open_call *out_ended);

#endif
