#ifndef SPILLSCOPE_EXPLAIN_H
#define SPILLSCOPE_EXPLAIN_H
/* One state, finding or rule in words: who writes it, through which calls, how often it was seen, what a redesign could do. */
#include "spillscope/findings.h"
#include "spillscope/text.h"

/*
 * Explains `word`: a rule's name, a fingerprint or an unambiguous prefix of six digits or more, a state key, a part of state keys, or "plan" for
 * the plan of a redesign. `store` may be NULL for a rule. ERROR_USAGE when nothing, or more than one fingerprint, matches: the message names the
 * candidates.
 */
struct error *explain_write(struct store *store, const char *word, bool json, struct text *out);
#endif
