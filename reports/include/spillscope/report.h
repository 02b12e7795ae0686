#ifndef SPILLSCOPE_REPORT_H
#define SPILLSCOPE_REPORT_H
/*
 * The HTML report: one offline file, readable without JavaScript. The same database and source give the same bytes.
 */
#include "spillscope/store.h"
#include "spillscope/text.h"

struct report_options {
    const char *source_root; /* where the analysed source lies, for snippets; NULL: meta source_root of the database */
    const char
        *linked; /* the page names LINKED.css and LINKED.js instead of holding them, for servers that admit nothing inline; NULL: it holds them */
};

/* *out_complete says whether the database was complete: when not, the report says so at its top. */
struct error *report_write(struct store *store, const struct report_options *options, struct text *out, bool *out_complete);

/* What LINKED.css and LINKED.js hold. */
const char *report_style(void);
const char *report_script(void);
#endif
