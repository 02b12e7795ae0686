#ifndef SPILLSCOPE_TRAIL_H
#define SPILLSCOPE_TRAIL_H
/*
 * Which code of a kernel ran within transactions, and from where control came to it: a set that grows from run to run, kept in a text file beside the
 * database. The judge fills it from the recorder's log (struct record_block); the coverage is read off it.
 *
 *     spillscope-trail 1 BUILD_ID
 *     FROM PC BYTES                 hexadecimal, sorted; FROM 0 = not known
 */
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/scope.h"

struct trail;

/* Code that ran without a jump. */
struct trail_step {
    uint64_t from; /* the instruction before it */
    uint64_t pc;
    uint64_t bytes;
};

struct error *trail_create(struct trail **out_trail);
void trail_destroy(struct trail *trail); /* NULL is fine */
SCOPE_DEFINE(trail, struct trail *, trail_destroy)

/* Running out of memory shows at trail_finish. */
void trail_add(struct trail *trail, const struct trail_step *step);
/* Sorts, drops what is there twice; to be called before trail_steps and trail_write. */
struct error *trail_finish(struct trail *trail);
/* Sorted by (pc, from). */
const struct trail_step *trail_steps(const struct trail *trail, size_t *out_count);

/* Adds what a file holds; none yet is fine. ERROR_FORMAT names the line, ERROR_MISMATCH: it is of another kernel. */
struct error *trail_read(struct trail *trail, const char *path, const char *build_id);
/* Writes beside the file and renames, so that a failure leaves the old one. */
struct error *trail_write(const struct trail *trail, const char *path, const char *build_id);

#endif
