#ifndef SPILLSCOPE_MATCH_H
#define SPILLSCOPE_MATCH_H
/*
 * Does a database belong to an image? Its whitelists come from a source that may have been compiled by another compiler than the kernel was:
 * entries must exist, and each state must lie where the analysis of the source says that it does, bit for bit.
 */
#include <stddef.h>
#include "spillscope/error.h"
#include "spillscope/image.h"
#include "spillscope/store.h"
#include "spillscope/text.h"

struct match {
    size_t transactions;  /* looked for */
    size_t entries;       /* of these: with code, their own or an alias' */
    size_t states;        /* with a place, whose root the image knows */
    size_t absent;        /* states whose root the image does not know: unused types, variables that were optimised away */
    size_t misplaced;     /* at another place, of another size, or without such a member */
    struct text findings; /* one line for each transaction without code and each misplaced state */
};

/* Fills `match`, which the caller ends with match_deinit. A mismatch is no error here: match_error makes one of it. */
struct error *match_check(struct store *store, const struct image *image, struct match *match);
void match_deinit(struct match *match);
/* ERROR_MISMATCH with the first finding where a state is misplaced or no transaction has an entry; else NULL. */
struct error *match_error(const struct match *match, const struct image *image);

#endif
