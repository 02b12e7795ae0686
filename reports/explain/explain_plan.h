#ifndef SPILLSCOPE_REPORTS_EXPLAIN_PLAN_H
#define SPILLSCOPE_REPORTS_EXPLAIN_PLAN_H
/* The plan for a redesign in words: the whole, or what concerns some findings. */
#include "findings/plan.h"
#include "spillscope/text.h"

#define EXPLAIN_PLAN "plan" /* the word that asks for the whole */

/* `matched`: one for each finding, the steps that concern one of them; NULL = all, with the table of entities. */
struct error *explain_plan_text(struct text *out, const struct findings *findings, const bool *matched);
struct error *explain_plan_json(struct text *out, const struct findings *findings);
#endif
