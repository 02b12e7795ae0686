#ifndef SPILLSCOPE_CAUSES_H
#define SPILLSCOPE_CAUSES_H
/*
 * Who queued what: calls of functions that let another function run later, as a transaction of its own. What runs is held against what was queued for
 * the same function: first the call that was given what it is called with (a work item, a timer, a device), else the one that has waited longest,
 * else the one that ran last: a handler of interrupts is registered once and runs again and again.
 */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/collection.h"
#include "spillscope/error.h"

enum { CAUSE_ARGUMENTS = 6 };

struct cause {
    uint64_t function;                   /* what was queued */
    uint64_t arguments[CAUSE_ARGUMENTS]; /* of the call that queued it */
    int64_t by;                          /* the transaction under way then, as the user numbers them; 0 = none */
    uint64_t ran;                        /* when it ran last, by count; 0 = it waits */
};

struct causes {
    struct vector queued; /* struct cause, oldest first */
    uint64_t runs;
};

void causes_init(struct causes *causes);
void causes_deinit(struct causes *causes);

void causes_note(struct causes *causes, uint64_t function, const uint64_t *arguments, int64_t by);
/* The function begins to run with this first argument: who queued it? 0 = nobody that was seen. */
int64_t causes_take(struct causes *causes, uint64_t function, uint64_t argument);
/* Out of memory in a call before, else NULL. */
struct error *causes_failed(const struct causes *causes);

#endif
