#ifndef SOLVER_LOCATION_H
#define SOLVER_LOCATION_H
/* Where a pointer leads after a step: another member, another element, arithmetic, another declared type. */
#include "things.h"

/* "Somewhere in the pool" as a pointer that is declared to lead to `record` has it: objects that are, begin like, or are taken for such a record. */
void location_view(struct things *things, uint32_t record, number_list *out);

/*
 * The source takes what is at the location for a record that it was not made as: from now on a pointer to such a record may lead into that object.
 * Tells whether that is new.
 */
bool location_overlay(struct things *things, uint32_t location, uint32_t record);
bool thing_is_overlaid(const struct things *things, uint32_t thing, uint32_t record);

/* Each adds the locations that a pointer at `location` can have afterwards. */
void location_offset(struct things *things, uint32_t location, int64_t offset, uint32_t record, number_list *out);
/*
 * size: bytes of the array, 0 = not known. A single member of the stride's size is all there is, unless the pointer is known to walk a record
 * of `walked` bytes.
 */
void location_index(struct things *things, uint32_t location, int64_t stride, uint64_t size, uint64_t walked, number_list *out);
void location_arithmetic(struct things *things, uint32_t location, const struct facts_instruction *instruction, bool second, number_list *out);
/* from_bytes: the pointer pointed to bytes before, which may hold anything. */
void location_cast(struct things *things, uint32_t location, uint32_t record, bool from_bytes, number_list *out);

#endif
