#ifndef SPILLSCOPE_REPORTS_SPILL_TABLE_H
#define SPILLSCOPE_REPORTS_SPILL_TABLE_H
/* All findings as one table: the first as rows of HTML, all of them as a JSON block that assets/report.js draws as a window. */
#include "html/pages.h"
#include "spillscope/findings.h"
#include "spillscope/text.h"

#define SPILL_TABLE_ROWS 500 /* rows of HTML, and findings with evidence in the page */

#define SPILL_TABLE_DATA_LIMIT 100000 /* findings in the JSON block: what a browser still opens at once; the page says what it leaves out */

/*
 * The order of the table: what counts as undeclared spill first, then possible, declared, shared, by an unknown; within these the order of
 * findings. *out_order is the caller's (free): indices into findings->items.
 */
int spill_table_class(const struct findings *findings, const struct finding *finding); /* 0 = what counts as undeclared spill */
struct error *spill_table_order(const struct findings *findings, size_t **out_order);
struct error *spill_table_write(struct text *out, const struct pages *pages);
#endif
