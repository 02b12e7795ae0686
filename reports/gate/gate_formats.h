#ifndef SPILLSCOPE_REPORTS_GATE_FORMATS_H
#define SPILLSCOPE_REPORTS_GATE_FORMATS_H
/* The writers behind gate_write. Each escapes names for its own format. */
#include "spillscope/gate.h"

typedef struct error *(*gate_writer)(const struct gate *gate, const struct gate_output *output, struct text *out);

struct error *gate_write_text(const struct gate *gate, const struct gate_output *output, struct text *out);
struct error *gate_write_json(const struct gate *gate, const struct gate_output *output, struct text *out);
struct error *gate_write_sarif(const struct gate *gate, const struct gate_output *output, struct text *out);        /* full profile */
struct error *gate_write_sarif_github(const struct gate *gate, const struct gate_output *output, struct text *out); /* what GitHub reads */
struct error *gate_write_gitlab(const struct gate *gate, const struct gate_output *output, struct text *out);
struct error *gate_write_junit(const struct gate *gate, const struct gate_output *output, struct text *out);
struct error *gate_write_markdown(const struct gate *gate, const struct gate_output *output, struct text *out);
struct error *gate_write_annotations(const struct gate *gate, const struct gate_output *output, struct text *out);

/* Shared by the writers. */
const struct finding *gate_entry_finding(const struct gate_entry *entry); /* the head's, or the baseline's when it is resolved */
bool gate_entry_fails(const struct gate_entry *entry);                    /* new or grown, not suppressed */

/* How important, where not all can be shown: observed before possible, secondary (it crosses entities) before primary; 0 is the most. */
#define GATE_ENTRY_WEIGHTS 4
int gate_entry_weight(const struct gate_entry *entry);
/* Witness of an entry of the head; none for a resolved one. */
struct error *gate_entry_witness(const struct gate *gate, const struct gate_output *output, const struct gate_entry *entry,
                                 struct finding_step **out_steps, size_t *out_count);
#endif
