#ifndef SOLVER_ENTRIES_H
#define SOLVER_ENTRIES_H
/*
 * Entry points that only the solved program shows: functions that another entity calls through a pointer, functions whose address code
 * outside holds (tables that it can reach, registrations, vectors), and deferred work with the transaction that queues it.
 */
#include "modify.h"
#include "transactions.h"

/* Adds them where the manifest names no transactions; all are sorted again. */
void entries_find(struct transactions *transactions, const struct points_to *points_to);

/* Notes which deferred work the transaction queues, from the functions that may run in it. The first one counts. `arena` is for its work. */
void entries_note_causes(struct transactions *transactions, const struct points_to *points_to, struct arena *arena, uint32_t transaction,
                         const struct modification *modification);

#endif
