#ifndef SPILLSCOPE_REPORTS_WORDING_H
#define SPILLSCOPE_REPORTS_WORDING_H
/* Findings in words. The texts hold names as they are: the writer of a format escapes the whole. */
#include "spillscope/findings.h"
#include "spillscope/text.h"

#define FINGERPRINT_SHORT 10  /* digits shown; any unambiguous prefix of six or more is accepted */
#define FINGERPRINT_ANCHOR 16 /* digits that name a finding within a page: 50,000 of them differ but for a chance of 1 in 10^10 */

void wording_message(struct text *out, const struct finding *finding);  /* "foo_open() may modify foo.list of fs (secondary)" */
void wording_patterns(struct text *out, const struct finding *finding); /* "multiplexer, dispatcher"; "" when none */
/* "32 bits", "40 leaf states"; "" when not known. */
void wording_size(struct text *out, const struct finding *finding);
void wording_goals(struct text *out, unsigned goals); /* "live update, security" */
/* "foo_open -> foo_attach -> list_add": the functions of a witness, each once in a row. */
void wording_chain(struct text *out, const struct finding_step *steps, size_t count);
const char *wording_remedy(enum finding_pattern pattern); /* what a redesign could do */
const char *wording_pattern_summary(enum finding_pattern pattern);
#endif
