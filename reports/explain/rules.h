#ifndef SPILLSCOPE_REPORTS_RULES_H
#define SPILLSCOPE_REPORTS_RULES_H
/* The rules that findings and diagnostics name, each with a page of its name in docs/checks/, which begins with the summary. */
#include "spillscope/findings.h"
#include "spillscope/text.h"

#define RULE_NO_PATTERN (-1)

struct rule {
    const char *name;
    const char *summary;     /* a sentence */
    const char *recognition; /* what it sees, or what it objects to */
    const char *remedy;      /* what a redesign could do */
    int pattern;             /* enum finding_pattern, or RULE_NO_PATTERN */
    bool contract;           /* held by spillscope check; no finding of a database shows it */
};

const struct rule *rule_find(const char *name); /* NULL: there is none */
void rule_list(struct text *out);               /* "state-spill, multiplexer, ...", in the order of docs/checks/README.md */
unsigned rule_goals(const struct rule *rule);   /* what findings of the rule stand in the way of: bits as in struct finding */

#endif
