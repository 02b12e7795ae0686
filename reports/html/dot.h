#ifndef SPILLSCOPE_REPORTS_DOT_H
#define SPILLSCOPE_REPORTS_DOT_H
/* Graphviz `dot` as a subprocess. */
#include "spillscope/text.h"

/*
 * Runs `dot -Tplain` (SPILLSCOPE_DOT names another program) on `input` and appends what it prints. Fails when the program is missing, exits with an
 * error, or takes more than 20 seconds (it is then killed).
 */
struct error *dot_run(const char *input, struct text *out);
#endif
