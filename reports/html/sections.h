#ifndef SPILLSCOPE_REPORTS_SECTIONS_H
#define SPILLSCOPE_REPORTS_SECTIONS_H
/* The sections of the report that are figures and tables; each names its query. */
#include "html/pages.h"
#include "spillscope/text.h"

struct error *section_summary(struct text *out, const struct pages *pages);
struct error *section_entities(struct text *out, const struct pages *pages);
struct error *section_patterns(struct text *out, const struct pages *pages);
struct error *section_plan(struct text *out, const struct pages *pages);
struct error *section_declared(struct text *out, const struct pages *pages);
struct error *section_harm(struct text *out, const struct pages *pages);
struct error *section_coverage(struct text *out, const struct pages *pages);
struct error *section_whitelist(struct text *out, const struct pages *pages);
struct error *section_unknowns(struct text *out, const struct pages *pages);
struct error *section_oracle(struct text *out, const struct pages *pages);

/* The query of a histogram over v_entity_count or v_spill_count, with the classes of chart_histogram. */
#define HISTOGRAM_SQL(view)                                                                                                                          \
    "SELECT CASE WHEN states = 0 THEN '0' WHEN states <= 2 THEN '1–2' WHEN states <= 5 THEN '3–5' WHEN states <= 10 THEN '6–10' WHEN states <= 20 "  \
    "THEN '11–20' WHEN states <= 50 THEN '21–50' WHEN states <= 100 THEN '51–100' ELSE '> 100' END AS class, count(*) FROM " view                    \
    " GROUP BY class ORDER BY min(states)"

/* Distinct undeclared states of each entity or transaction, zeros included: the values of a histogram; the caller frees. */
struct error *entity_values(const struct findings *findings, int64_t **out_values, size_t *out_count);
struct error *transaction_values(const struct findings *findings, int64_t **out_values, size_t *out_count);
#endif
