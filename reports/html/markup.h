#ifndef SPILLSCOPE_REPORTS_MARKUP_H
#define SPILLSCOPE_REPORTS_MARKUP_H
/* Small pieces of HTML that all pages share. Strings are escaped here. */
#include "spillscope/store.h"
#include "spillscope/text.h"

void markup_cell(struct text *out, const char *string);                  /* <td>..</td> */
void markup_code_cell(struct text *out, const char *string);             /* <td><code>..</code></td> */
void markup_number(struct text *out, int64_t number);                    /* <td class="number">..</td> */
void markup_fact(struct text *out, const char *name, const char *value); /* <dt>..</dt><dd>..</dd>; nothing for "" */
void markup_fingerprint_cell(struct text *out, const char *fingerprint); /* <td> with a link to the finding's evidence */
void markup_query(struct text *out, const char *sql);                    /* "how this is counted": the query behind a figure */
void markup_page_close(struct text *out);                                /* </body> to </html> */

/*
 * Doctype to <body>. `linked` NULL: style sheet and script stand in the page, and its policy admits them; else the page names "LINKED.css" and
 * "LINKED.js" and admits nothing but files of its own server.
 */
void markup_page_open(struct text *out, const char *title, const char *linked);
/* The script, right behind what it draws: it does not wait for the rest. */
void markup_script(struct text *out, const char *linked);

/* Column of a query shown as a table. */
struct markup_column {
    const char *title;
    char form; /* 't' text, 'c' code, 'n' number */
};

/* The rows of `sql` as a table named `label` with the query behind it; "none" when there is no row. At most `limit` rows, and a line that says how
 * many more. */
struct error *markup_table(struct text *out, struct store *store, const char *label, const char *sql, const struct markup_column *columns,
                           int64_t limit);
/* <div> around a wide table, with a name that no other region of the page has: "table of", `label`, and `of` where there is one. */
void markup_region(struct text *out, const char *label, const char *of);
#endif
