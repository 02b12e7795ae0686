#ifndef SOLVER_TYPE_LAYOUT_H
#define SOLVER_TYPE_LAYOUT_H
/*
 * Questions about how a type lies in memory: arrays folded to their first element, what holds what.
 * Offsets are bytes from the start of the object unless a name says bits.
 */
#include "program.h"

/* Walks go this deep: units whose types nest deeper by value are refused when their facts are read. */
#define TYPE_DEPTH 1024

/* The type below all array levels. */
uint32_t type_element(const struct program *program, uint32_t type);

/* The offset with all arrays folded to element 0; offsets past the end of a type stay as they are. */
int64_t type_fold(const struct program *program, uint32_t type, int64_t offset);

/* An array around a place: [base, base + stride * count) with count 0 = open end. */
struct enclosing_array {
    int64_t base;
    int64_t stride;
    uint64_t count;
};
#define MAX_ENCLOSING 8

/* The arrays around a folded offset, innermost first; gives how many. */
size_t type_enclosing_arrays(const struct program *program, uint32_t type, int64_t offset, struct enclosing_array out_arrays[static MAX_ENCLOSING]);

/* Is there a subobject of exactly `size` bytes that begins at the offset (array elements included)? */
bool type_has_subobject(const struct program *program, uint32_t type, int64_t offset, uint64_t size);

/* Bytes from the offset that memcpy-like accesses of unknown length cover: the array around it when its elements are scalars, else the largest
 * subobject that begins here; 0 = nothing known. */
uint64_t type_extent(const struct program *program, uint32_t type, int64_t offset);

/*
 * The same where an unknown number of bytes begins: from a scalar that is no element, on to the end of the type; from a record, on over bytes that
 * follow it at once; at the end of the type, on into the array of any length.
 */
uint64_t type_onward(const struct program *program, uint32_t type, int64_t offset);

/* Members of one type that follow each other around the offset, which is the start of one of `size` bytes: where the first begins, and how many. */
uint64_t type_run(const struct program *program, uint32_t type, int64_t offset, uint64_t size, int64_t *out_first);

/* Does the record end in an array of any length? */
bool type_has_open_end(const struct program *program, uint32_t type);

/* Is the offset one of a record, or of the array of any length that it ends in? */
bool type_reaches(const struct program *program, uint32_t type, int64_t offset);

/* Walks all subobjects that begin at the offset, outermost first, until `visit` says to stop; tells whether it did. */
bool type_visit_subobjects(const struct program *program, uint32_t type, int64_t offset, bool (*visit)(void *, uint32_t), void *context);

/* Is the record `inner` found at the offset of `outer`, at any depth (also outer itself at 0)? Arrays are folded. */
bool type_holds(const struct program *program, uint32_t outer, uint32_t inner, int64_t offset);

/* The same by the record's tag, for records that have several definitions. */
bool type_holds_name(const struct program *program, uint32_t outer, const char *name, int64_t offset);

/* Are there only bytes at the offset: an array of them, or a record that consists of one for the most part? */
bool type_is_bytes_at(const struct program *program, uint32_t type, int64_t offset);

/* Is there a record at the offset that for the most part is an array of integers: storage for records that its maker does not know? */
bool type_is_storage_at(const struct program *program, uint32_t type, int64_t offset);

/* Does the offset lie in an array of integers or void pointers of at least `size` bytes: words that its maker does not use as such? */
bool type_is_words_at(const struct program *program, uint32_t type, int64_t offset, uint64_t size);

/* The places of `type` where such arrays begin, and arrays of bytes; `all` = also those that are less than half of their record. */
void type_visit_storage(const struct program *program, uint32_t type, uint64_t size, bool all, void (*visit)(void *, int64_t), void *context);

/* All records that hold `type` at any depth, each with its offset; deterministic order. */
const embedding_list *type_outer(struct program *program, uint32_t type);

/*
 * Does the folded offset lie in an array of a union whose other members see the same bytes otherwise? Then it stands for any place of [base, base +
 * size): which of them was meant, only the member that an access names can tell.
 */
bool type_union_span(const struct program *program, uint32_t type, int64_t offset, int64_t *out_base, uint64_t *out_size);

/* C spelling of a type, for people. */
const char *type_spelling(struct program *program, uint32_t type);

#endif
