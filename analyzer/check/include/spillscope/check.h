#ifndef SPILLSCOPE_CHECK_H
#define SPILLSCOPE_CHECK_H
/*
 * Contracts of spill-freedom: what annotations and manifest promise, held against the facts of each unit (opaque types, owners) and against the
 * whitelists (may-spill). The rules have a page each in docs/checks/.
 */
#include <stdbool.h>
#include "spillscope/analyze.h"

struct check_note {
    char *message;
    char *file; /* absolute; "" = none */
    unsigned line, column;
};

struct check_diagnostic {
    char *rule; /* "may-spill", "opaque-access", "second-owner", "unreleased"; "unchecked": a rule could not tell */
    char *message;
    char *file;
    unsigned line, column; /* column 0 = not known */
    struct check_note *notes;
    size_t note_count;
};

/* Diagnostics by file, line, column, rule; each once, also where a header stands in many units. Owns all strings. */
struct check_result {
    struct check_diagnostic *items;
    size_t count;
    size_t violations; /* of the items: not "unchecked" */
    size_t units, units_failed;
    char *first_failure; /* "PATH: message", NULL without one */
    size_t entities;     /* declared spill-free */
    size_t transactions; /* held against may-spill */
};

/*
 * Runs the rules over all units of the request. The solver runs when an entity of the manifest is declared spill-free or a function is annotated so,
 * unless `units_only`. Errors as analyze_run; what is wrong with the source is in the result.
 */
struct error *check_run(const struct analyze_request *request, bool units_only, struct check_result *out_result);
void check_result_deinit(struct check_result *result);

#endif
