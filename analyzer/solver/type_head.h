#ifndef SOLVER_TYPE_HEAD_H
#define SOLVER_TYPE_HEAD_H
/*
 * Records that begin alike, as base and derived ones do (struct sockaddr and sockaddr_in, objects with a common header): C programs cast
 * pointers between them (C17 6.5.2.3 "common initial sequence"; where no union tells of it, by convention).
 */
#include "type_layout.h"

/* Does a record at the offset of `outer` begin like `record`? `memo` keeps answers between calls; zeroed at first. */
bool type_shares_head(struct program *program, struct map *memo, uint32_t outer, uint32_t record, int64_t offset);

#endif
