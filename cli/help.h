#ifndef SPILLSCOPE_HELP_H
#define SPILLSCOPE_HELP_H
/* What the table of verbs says about itself: help texts, man pages (scdoc source) and shell completion. */
#include "verb.h"
#include <stdio.h>

extern const struct verb *const verb_table[]; /* in the order of the work; ended by NULL */

const struct verb *verb_find(const char *name);
const char *verb_nearest(const char *name);   /* the verb that was probably meant; NULL: none is near */
struct error *verb_unknown(const char *name); /* a usage error that names it */

void help_overview(FILE *stream);
void help_verb(const struct verb *verb, FILE *stream);
void help_man(const struct verb *verb, FILE *stream);           /* scdoc source of spillscope-VERB(1); NULL: of spillscope(1) */
struct error *help_completion(const char *shell, FILE *stream); /* bash, zsh or fish */

#endif
