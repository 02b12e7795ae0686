#ifndef SPILLSCOPE_REPORTS_PATTERN_H
#define SPILLSCOPE_REPORTS_PATTERN_H
/*
 * Which of the four patterns of thesis 3.1 a finding shows, by rules over its key, type and observations, each with its evidence in words.
 * docs/checks/ documents each rule. A declaration of kind "pattern" overrules the rules with its own reason.
 */
#include "spillscope/findings.h"

/* Fills `patterns`, `evidence` and `goals` of all findings. */
struct error *pattern_assign(struct store *store, struct findings *findings);

/* What a pattern stands in the way of: bits as in `goals`. */
unsigned pattern_goals(enum finding_pattern pattern);
#endif
