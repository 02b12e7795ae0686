#ifndef SOLVER_TYPE_HEAD_H
#define SOLVER_TYPE_HEAD_H
/*
 * Records that begin alike, as base and derived ones do (struct sockaddr and sockaddr_in, objects with a common header): C programs cast
 * pointers between them (C17 6.5.2.3 "common initial sequence"; where no union tells of it, by convention).
 */
#include "type_layout.h"

struct head;
typedef VECTOR(uint32_t) type_list;

/* What is known of the heads of types; zeroed at first. */
struct type_heads {
    const struct head **heads; /* of each type, NULL = not looked at */
    struct map alike;          /* (type << 32 | record) -> 1 when they begin alike */
    struct map list_of;        /* record -> index of lists */
    VECTOR(type_list) lists;
};

/* Does a record at the offset of `outer` begin like `record`? */
bool type_shares_head(struct program *program, struct type_heads *known, uint32_t outer, uint32_t record, int64_t offset);

/* All other records that begin like `record`. */
const type_list *type_alike(struct program *program, struct type_heads *known, uint32_t record);

#endif
