#ifndef SOLVER_TYPE_LEAVES_H
#define SOLVER_TYPE_LEAVES_H
/* The leaves of a type: what state keys name. */
#include "type_layout.h"

/* A leaf: a scalar or pointer, arrays as []. */
struct leaf {
    const char *path; /* ".ids[].in_use", "" for a scalar object; valid during the visit */
    uint32_t type;
    uint64_t bit_offset;
    uint64_t bit_size;
};
typedef void leaf_visitor(void *context, const struct leaf *leaf);

/*
 * Visits the leaves of `type` that overlap [first_bit, end_bit) (folded positions; end UINT64_MAX = to the end), in layout order.
 * record/member: when the walk passes this record, only that member is entered (an access that names a union member); NONE = no such.
 */
void type_visit_leaves(struct program *program, uint32_t type, uint64_t first_bit, uint64_t end_bit, uint32_t record, uint32_t member,
                       leaf_visitor *visit, void *context);
/* The same, and where the walk passes the record, be it a struct or a union, only that member is entered. */
void type_visit_member_leaves(struct program *program, uint32_t type, uint64_t first_bit, uint64_t end_bit, uint32_t record, uint32_t member,
                              leaf_visitor *visit, void *context);

size_t type_leaf_count(struct program *program, uint32_t type);

#endif
