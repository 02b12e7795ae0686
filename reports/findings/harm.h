#ifndef SPILLSCOPE_REPORTS_HARM_H
#define SPILLSCOPE_REPORTS_HARM_H
/* The harm that litmus runs have shown, given to the findings it belongs to. */
#include "spillscope/findings.h"

/* Sets `harm` of every finding from view v_harm, and `reset_unharmed` from v_reset. */
struct error *harm_assign(struct store *store, struct findings *findings);

#endif
