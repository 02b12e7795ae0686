#ifndef SOLVER_ENDING_H
#define SOLVER_ENDING_H
/*
 * Functions that end a transaction without an exit: those that never return, as panics do. What such a transaction changes does not matter. Not
 * those that let control go on elsewhere, by unwinding, a long jump or a switch of stacks; nor any where the program has a function that returns
 * twice.
 */
#include "points_to.h"

/* function -> a call of it ends the transaction. Taken from the program's arena; after points_to_solve. */
bool *ending_find(const struct points_to *points_to);

#endif
