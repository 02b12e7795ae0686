#ifndef SPILLSCOPE_REPORTS_SUPPRESSION_H
#define SPILLSCOPE_REPORTS_SUPPRESSION_H
/* Which findings of the head are accepted, by whom, and which suppressions are stale. */
#include "spillscope/gate.h"

/* Judges the gate's suppressions, marks entries and counts. ERROR_USAGE: a prefix of a fingerprint is short for several findings. */
struct error *suppression_apply(struct gate *gate, const char *today);
/* Is this finding of the head accepted? After suppression_apply. */
bool suppression_holds(const struct gate *gate, const struct finding *finding);
#endif
