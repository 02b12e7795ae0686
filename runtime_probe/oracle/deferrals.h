#ifndef ORACLE_DEFERRALS_H
#define ORACLE_DEFERRALS_H
/*
 * Work that was queued: each call of a function that defers another one is a promise, by the transaction under way. What begins to run redeems one of
 * its function's: of those that hand over its argument, or of all where none does, the oldest that is still open, or else the one redeemed last.
 */
#include "spillscope/collection.h"
#include "spillscope/record_log.h"

struct deferral {
    uint64_t function; /* that is to run */
    uint64_t arguments[LOG_ARGUMENTS];
    size_t by;         /* index of the transaction in the history, plus 1; 0 = none */
    uint64_t redeemed; /* when, by count; 0 = open */
};

struct deferrals {
    struct vector promises; /* struct deferral, oldest first */
    uint64_t redeemed;      /* so far */
};

void deferrals_init(struct deferrals *deferrals);
void deferrals_deinit(struct deferrals *deferrals);
bool deferrals_failed(const struct deferrals *deferrals);

void deferrals_add(struct deferrals *deferrals, uint64_t function, const uint64_t *arguments, size_t by);
/* Who promised that the function would run with this first argument, as deferrals_add was told. */
size_t deferrals_redeem(struct deferrals *deferrals, uint64_t function, uint64_t argument);

#endif
