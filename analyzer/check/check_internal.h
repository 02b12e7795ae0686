#ifndef CHECK_INTERNAL_H
#define CHECK_INTERNAL_H
/* Between the files of this folder. */
#include "spillscope/check.h"

/* Names of functions that are annotated spill-free; owns them. */
struct check_names {
    char **items;
    size_t count;
};
bool check_names_add(struct check_names *names, const char *name); /* false: out of memory */
bool check_names_have(const struct check_names *names, const char *name);
void check_names_deinit(struct check_names *names);

void check_diagnostic_deinit(struct check_diagnostic *diagnostic);
struct error *check_add(struct check_result *result, const char *rule, const char *message, const char *file, unsigned line, unsigned column);
/* To the last diagnostic. */
struct error *check_add_note(struct check_result *result, const char *message, const char *file, unsigned line, unsigned column);

/* Rule may-spill: analyses into request->database and looks at the whitelists of spill-free transactions. */
struct error *check_spills(const struct analyze_request *request, const struct check_names *names, struct check_result *result);

#endif
