#ifndef SPILLSCOPE_CODE_H
#define SPILLSCOPE_CODE_H
/*
 * The machine code of one function, followed from its entry: where control can go, and how deep the stack is at each instruction. That names the
 * frame of a call by any place in it, and tells where control leaves a stretch of code, such as an inlined instance.
 *
 * i386 and x86_64. Text is the file's, as linked: code that a kernel patches at run time (static branches) may leave by other ways.
 */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/collection.h"
#include "spillscope/image.h"

struct code_place {
    uint64_t address;
    int64_t depth; /* stack pointer there minus the address of the function's return address: 0 at its entry, negative below */
};

struct code;

/* *out_code is NULL where the machine's instructions are not known here, or the function's bytes are not in the file. */
struct error *code_create(const struct image *image, const struct function *function, struct code **out_code);
void code_destroy(struct code *code); /* NULL is fine */
SCOPE_DEFINE(code, struct code *, code_destroy)

/* False: no instruction that control was seen to reach begins there, or the depth is not the same on all ways, or not a number. */
bool code_depth(const struct code *code, uint64_t address, int64_t *out_depth);
/* Every instruction with a depth, in order of address: struct code_place. */
void code_places(const struct code *code, struct vector *out_places);

/*
 * Where control enters and leaves an inlined instance: struct code_place, in order of address. `ranges` and `entry` are what DWARF says of it. Its
 * code may be mixed with that of others: a few instructions between two of its own that nothing else leads to are taken for its own; and optimized
 * code enters it at more places than `entry`. Returns and tail calls end the whole function, and are not among the exits. False when not all are
 * known: a jump to where a register says, a depth that is not known.
 */
bool code_boundary(const struct code *code, const struct address_range *ranges, uint32_t range_count, uint64_t entry, struct vector *out_entries,
                   struct vector *out_exits);

/* First address of each stretch of code of a source line (files as in `struct image`), in order: uint64_t. */
void image_line_starts(const struct image *image, const char *file, uint32_t line, struct vector *out_addresses);

#endif
