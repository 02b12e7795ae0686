#ifndef SOLVER_LASTING_H
#define SOLVER_LASTING_H
/*
 * Which heap objects may outlive the transaction that makes them: those that a variable, an object of outside, another lasting object, code
 * outside, assembly or a caller outside may hold in the end. The others are temporary, freed or not: at the exit nothing leads to them.
 */
#include "points_to.h"

/* thing -> lasting; for heap things alone. Taken from the program's arena. */
bool *lasting_find(const struct points_to *points_to);

#endif
