#ifndef SPILLSCOPE_TERMINAL_H
#define SPILLSCOPE_TERMINAL_H
/* What a verb does differently when people read its output: colours, and a pager for long output. */
#include <sys/types.h>
#include "spillscope/text.h"
#include "verb.h"

/* The option that verbs with colours list in their table. */
#define TERMINAL_COLOUR_OPTION {"color", 0, "auto|always|never", "colours; auto (default): on a terminal, without NO_COLOR and TERM=dumb"}

/* By --color; auto: standard output, or what the pager shows it on, is a terminal that can. A usage error for any other word. */
struct error *terminal_colour(const struct arguments *arguments, bool *out_colour);

/* Prints what a verb found; unless it is for programs (`as_it_is`), nothing in it can command a terminal. */
struct error *terminal_print(const struct text *text, bool as_it_is);

/* The pager that a terminal's standard output goes through; process 0 = none. */
struct pager {
    pid_t process;
};

/* Starts SPILLSCOPE_PAGER, else PAGER, else less, when standard output is a terminal; does nothing when it cannot. */
void pager_start(struct pager *pager);
/* Ends the output and waits until the reader has left the pager. */
void pager_finish(struct pager *pager);

#endif
