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

/* Distinct undeclared states of each entity or transaction, zeros included: the values of a histogram; the caller frees. */
struct error *entity_values(const struct findings *findings, int64_t **out_values, size_t *out_count);
struct error *transaction_values(const struct findings *findings, int64_t **out_values, size_t *out_count);
#endif
