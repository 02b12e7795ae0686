#ifndef SPILLSCOPE_REPORTS_COMPLETENESS_H
#define SPILLSCOPE_REPORTS_COMPLETENESS_H
/* What a database says about itself: where it comes from, what it holds, and every reason why it is incomplete. */
#include "spillscope/findings.h"

/* Fills the provenance of `findings`: units, has_probe, meta texts, incomplete. */
struct error *completeness_load(struct store *store, struct findings *findings);
#endif
