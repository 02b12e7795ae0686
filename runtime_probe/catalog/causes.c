#include "spillscope/causes.h"

#include <string.h>

enum { CAUSES_MAX = 1 << 12 };

void causes_init(struct causes *causes) {
    causes->queued = VECTOR_OF(struct cause);
}

void causes_deinit(struct causes *causes) {
    vector_deinit(&causes->queued);
}

static void causes_remove(struct causes *causes, size_t index) {
    struct cause *all = causes->queued.items;
    causes->queued.count--;
    memmove(all + index, all + index + 1, (causes->queued.count - index) * sizeof *all);
}

/* Does the function that runs with this argument work on what the call was about? */
static bool cause_names(const struct cause *cause, uint64_t argument) {
    bool names = false;
    for (size_t i = 0; argument && i < CAUSE_ARGUMENTS; i++) {
        names = names || (cause->arguments[i] == argument && argument != cause->function);
    }
    return names;
}

/* Room for one more: the oldest that ran goes, or else the oldest. */
static void causes_make_room(struct causes *causes) {
    size_t gone = 0;
    for (size_t i = causes->queued.count; i-- > 0;) {
        gone = VECTOR_AT(&causes->queued, struct cause, i)->ran ? i : gone;
    }
    if (causes->queued.count >= CAUSES_MAX) {
        causes_remove(causes, gone);
    }
}

void causes_note(struct causes *causes, uint64_t function, const uint64_t *arguments, int64_t by) {
    for (size_t i = causes->queued.count; i-- > 0;) {
        const struct cause *old = VECTOR_AT(&causes->queued, struct cause, i);
        if (old->function == function && memcmp(old->arguments, arguments, sizeof old->arguments) == 0) {
            causes_remove(causes, i); /* queued anew, whether it ran or not */
        }
    }
    causes_make_room(causes);
    struct cause *cause = vector_push(&causes->queued);
    cause->function = function;
    cause->by = by;
    memcpy(cause->arguments, arguments, sizeof cause->arguments);
}

/* Of two that were queued for one function, `one` the older: is it what runs now? */
static bool cause_precedes(const struct cause *one, const struct cause *other, uint64_t argument) {
    bool one_named = cause_names(one, argument);
    if (one_named != cause_names(other, argument)) {
        return one_named;
    }
    return one->ran && other->ran ? one->ran > other->ran : !one->ran;
}

int64_t causes_take(struct causes *causes, uint64_t function, uint64_t argument) {
    struct cause *best = NULL;
    for (size_t i = 0; i < causes->queued.count; i++) {
        struct cause *cause = VECTOR_AT(&causes->queued, struct cause, i);
        if (cause->function == function && (!best || !cause_precedes(best, cause, argument))) {
            best = cause;
        }
    }
    if (!best) {
        return 0;
    }
    best->ran = ++causes->runs;
    return best->by;
}

struct error *causes_failed(const struct causes *causes) {
    return causes->queued.failed ? error_out_of_memory() : NULL;
}
