#ifndef SPILLSCOPE_REPORTS_COST_H
#define SPILLSCOPE_REPORTS_COST_H
/* Costs beside spill: the same figures as text, JSON and HTML with plots. Nothing is written where no costs were given. */
#include "spillscope/compare.h"

void cost_deinit(struct compare_cost *cost);

/* Is the ratio within its bar? True without one. */
bool cost_ratio_holds(const struct compare_ratio *ratio);

struct error *cost_write_text(const struct compare_cost *cost, bool terminal, struct text *out);
void cost_write_json(const struct compare_cost *cost, struct text *out); /* a member `,"cost":{...}` */
void cost_write_html(const struct compare *compare, struct text *out);   /* a section */

#endif
