#ifndef SPILLSCOPE_ARGUMENTS_H
#define SPILLSCOPE_ARGUMENTS_H
/* Parsing of one verb's command line against its option table; verb.h has the readers. */
#include "settings.h"
#include "verb.h"

/* argv[0] is the verb's name. The result keeps pointers into argv. *out_help tells that --help stands among the arguments.
   Options that argv leaves open are taken from `settings` (NULL = none), which must live as long as the result. */
struct error *arguments_parse(const struct verb *verb, int argc, char **argv, struct settings *settings, struct arguments **out_arguments,
                              bool *out_help);
void arguments_destroy(struct arguments *arguments); /* NULL is fine */

/* The candidate nearest to `word` (edit distance of at most a third of its length), NULL when none is near. */
const char *arguments_nearest(const char *word, const char *const *candidates, size_t count);

#endif
