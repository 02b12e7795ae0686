#ifndef SPILLSCOPE_REPORTS_EVIDENCE_H
#define SPILLSCOPE_REPORTS_EVIDENCE_H
/* One finding with all that supports it: call chain, source, an observed change, patterns with their reasons. */
#include "html/source.h"
#include "spillscope/findings.h"

struct error *evidence_write(struct text *out, struct store *store, struct findings *findings, const struct finding *finding,
                             struct source_cache *sources);
#endif
