#ifndef SPILLSCOPE_REPORTS_EVIDENCE_H
#define SPILLSCOPE_REPORTS_EVIDENCE_H
/* One finding with all that supports it: call chain, source, an observed change, patterns with their reasons. */
#include "html/pages.h"

struct error *evidence_write(struct text *out, const struct pages *pages, const struct finding *finding);
#endif
