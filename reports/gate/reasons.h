#ifndef GATE_REASONS_H
#define GATE_REASONS_H
/* Why a result of the gate is incomplete: what is missing on a side, and what makes the two sides no builds of one thing. */
#include "spillscope/gate.h"

__attribute__((format(printf, 2, 3))) struct error *gate_reason_add(struct gate *gate, const char *format, ...);

/* What the databases say of themselves, and where scope, configuration or build differ. */
struct error *gate_reasons(struct gate *gate, struct store *head, struct store *base);

/* Is this file (relative to the source root) in the tree that the head was made from, as far as it can be seen from here? */
bool gate_head_has_file(const struct gate *gate, const char *path);

/* Transactions that the baseline observed and the head never entered. */
struct error *gate_coverage(struct gate *gate);

#endif
