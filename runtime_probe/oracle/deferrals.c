#include "deferrals.h"

#include <string.h>

enum { PROMISES_MAX = 1 << 12 };

void deferrals_init(struct deferrals *deferrals) {
    *deferrals = (struct deferrals){.promises = VECTOR_OF(struct deferral)};
}

void deferrals_deinit(struct deferrals *deferrals) {
    vector_deinit(&deferrals->promises);
}

bool deferrals_failed(const struct deferrals *deferrals) {
    return deferrals->promises.failed;
}

static struct deferral *promise_at(const struct deferrals *deferrals, size_t index) {
    return VECTOR_AT(&deferrals->promises, struct deferral, index);
}

/* Where a promise stands in the way of a new one: made again, or, when there are too many, the oldest redeemed one or the oldest. */
static size_t promise_replaced(const struct deferrals *deferrals, const struct deferral *added) {
    size_t oldest = SIZE_MAX;
    for (size_t i = 0; i < deferrals->promises.count; i++) {
        const struct deferral *old = promise_at(deferrals, i);
        if (old->function == added->function && memcmp(old->arguments, added->arguments, sizeof old->arguments) == 0) {
            return i;
        }
        oldest = oldest == SIZE_MAX && old->redeemed ? i : oldest;
    }
    return deferrals->promises.count < PROMISES_MAX ? SIZE_MAX : oldest == SIZE_MAX ? 0 : oldest;
}

void deferrals_add(struct deferrals *deferrals, uint64_t function, const uint64_t *arguments, size_t by) {
    struct deferral added = {.function = function, .by = by};
    memcpy(added.arguments, arguments, sizeof added.arguments);
    size_t gone = promise_replaced(deferrals, &added);
    if (gone != SIZE_MAX) {
        struct deferral *promise = promise_at(deferrals, gone);
        memmove(promise, promise + 1, (--deferrals->promises.count - gone) * sizeof *promise);
    }
    vector_append(&deferrals->promises, &added, 1);
}

/* The oldest open promise, or the one redeemed last: of those that hand over the argument, or of all. NULL = none. */
static struct deferral *promise_choose(const struct deferrals *deferrals, uint64_t function, bool all, uint64_t argument) {
    struct deferral *open = NULL;
    struct deferral *last = NULL;
    for (size_t i = 0; i < deferrals->promises.count; i++) {
        struct deferral *promise = promise_at(deferrals, i);
        bool fits = all;
        for (int a = 0; a < LOG_ARGUMENTS; a++) {
            fits |= promise->arguments[a] == argument;
        }
        if (promise->function != function || !fits) {
            continue;
        }
        if (promise->redeemed) {
            last = last && last->redeemed > promise->redeemed ? last : promise;
        } else {
            open = open ? open : promise;
        }
    }
    return open ? open : last;
}

size_t deferrals_redeem(struct deferrals *deferrals, uint64_t function, uint64_t argument) {
    struct deferral *promise = argument && argument != function ? promise_choose(deferrals, function, false, argument) : NULL;
    promise = promise ? promise : promise_choose(deferrals, function, true, 0);
    if (!promise) {
        return 0;
    }
    promise->redeemed = ++deferrals->redeemed;
    return promise->by;
}
