#ifndef BUILD_OPTIONS_H
#define BUILD_OPTIONS_H
/*
 * What makes two builds of one source differ: the words of a compile command that choose code or layout (-D, -U, -include, -std, -m..., --target).
 * Where files lie, what is warned of and how much is optimised plays no part; nor do absolute paths, which differ from one checkout to the next, and
 * texts in quotes, which often name a version.
 */
#include "spillscope/error.h"
#include "spillscope/text.h"

/* Appends these words of a command, one a line, sorted, each once. Words are separated by NULs, or by blanks outside of quotes. */
void build_options_append(struct text *out, const struct text *command);

/* Leaves in *common (allocated; NULL = none seen yet) the lines that `options` has too. */
struct error *build_options_intersect(char **common, const char *options);

#endif
