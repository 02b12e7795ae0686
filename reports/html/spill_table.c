#include "html/spill_table.h"

#include <stdlib.h>
#include <string.h>

#include "findings/pool.h"
#include "findings/wording.h"
#include "spillscope/escape.h"
#include "html/markup.h"

int spill_table_class(const struct findings *findings, const struct finding *finding) {
    return findings_counts(findings, finding)         ? 0
           : finding->certainty == FINDING_UNKNOWN    ? 5
           : finding->shared                          ? 4
           : *finding->declared && !finding->observed ? 3
           : *finding->declared                       ? 2
                                                      : 1;
}

struct error *spill_table_order(const struct findings *findings, size_t **out_order) {
    enum { CLASSES = 6 };
    size_t *order = calloc(findings->count + 1, sizeof *order);
    if (!order) {
        return error_out_of_memory();
    }
    size_t count = 0;
    for (int class = 0; class < CLASSES; class ++) {
        for (size_t index = 0; index < findings->count; index++) {
            if (spill_table_class(findings, &findings->items[index]) == class) {
                order[count++] = index;
            }
        }
    }
    *out_order = order;
    return NULL;
}

/* Columns of the JSON rows; those with a title are shown, in this order. The others lead to the pages of the row's state and transaction. */
enum {
    TABLE_STATE,
    TABLE_OWNER,
    TABLE_ENTITY,
    TABLE_TRANSACTION,
    TABLE_KIND,
    TABLE_CERTAINTY,
    TABLE_OBSERVED,
    TABLE_RUNS,
    TABLE_PATTERNS,
    TABLE_HARM,
    TABLE_DECLARED,
    TABLE_PLACE,
    TABLE_FINGERPRINT,
    TABLE_STATE_ID,
    TABLE_TXN_ID,
    TABLE_COLUMNS,
    TABLE_SHOWN = TABLE_STATE_ID
};
enum { TABLE_LEAD = 100 }; /* rows that fill any screen; fewer than SPILL_TABLE_ROWS */
struct table_column {
    const char *name;
    const char *title;
    bool number;
};
static const struct table_column table_columns[] = {
    {"state", "State", false},
    {"owner", "Held by", false},
    {"entity", "Entity", false},
    {"transaction", "Transaction", false},
    {"kind", "Kind", false},
    {"certainty", "Certainty", false},
    {"observed", "Seen", true},
    {"runs", "Runs", true},
    {"patterns", "Patterns", false},
    {"harm", "Harm", false},
    {"declared", "Declared", false},
    {"place", "Place", false},
    {"fingerprint", "Fingerprint", false},
    {"state_id", NULL, true},
    {"txn_id", NULL, true},
};
_Static_assert(sizeof table_columns / sizeof table_columns[0] == TABLE_COLUMNS, "one name a column");

static const char *certainty_words(const struct finding *finding) {
    return finding->shared ? "shared" : finding_certainty_name(finding->certainty);
}

static const char *column_string(const struct finding *finding, size_t column, struct text *scratch) {
    text_clear(scratch);
    switch (column) {
    case TABLE_STATE:
        return finding->key;
    case TABLE_OWNER:
        return finding->owner;
    case TABLE_ENTITY:
        return finding->entity;
    case TABLE_TRANSACTION:
        return finding->transaction;
    case TABLE_KIND:
        return finding_kind_name(finding->kind);
    case TABLE_CERTAINTY:
        return certainty_words(finding);
    case TABLE_PATTERNS:
        wording_patterns(scratch, finding);
        return text_string(scratch);
    case TABLE_HARM:
        return finding->harm;
    case TABLE_DECLARED:
        return finding->declared;
    case TABLE_PLACE:
        if (*finding->file) {
            text_append_format(scratch, "%s:%lld", finding->file, (long long)finding->line);
        }
        return text_string(scratch);
    default:
        text_append_bytes(scratch, finding->fingerprint, FINGERPRINT_ANCHOR);
        return text_string(scratch);
    }
}

static int64_t column_number(const struct finding *finding, size_t column) {
    return column == TABLE_OBSERVED   ? finding->observed
           : column == TABLE_RUNS     ? finding->txn_observed
           : column == TABLE_STATE_ID ? finding->state_id
                                      : finding->txn_id;
}

static void append_row(struct text *out, const struct pages *pages, const struct finding *finding, struct text *scratch) {
    text_append(out, "<tr>");
    for (size_t column = 0; column < TABLE_SHOWN; column++) {
        if (table_columns[column].number) {
            markup_number(out, column_number(finding, column));
        } else if (column == TABLE_STATE || column == TABLE_TRANSACTION) {
            bool state = column == TABLE_STATE;
            text_append(out, "<td>");
            pages_link(out, state ? &pages->states : &pages->transactions, state ? 's' : 't', state ? finding->state_id : finding->txn_id,
                       column_string(finding, column, scratch));
            text_append(out, "</td>");
        } else if (column == TABLE_KIND) {
            text_append_format(out, "<td><span class=\"tag %s\">%s</span></td>", finding_kind_name(finding->kind), finding_kind_name(finding->kind));
        } else if (column == TABLE_FINGERPRINT) {
            markup_fingerprint_cell(out, finding->fingerprint);
        } else {
            markup_cell(out, column_string(finding, column, scratch));
        }
    }
    text_append(out, "</tr>\n");
}

/* Names of all columns, of those that are shown, or of those that hold numbers. */
static void append_names(struct text *out, const char *key, size_t count, bool numeric) {
    const char *separator = "";
    text_append_format(out, "\"%s\":[", key);
    for (size_t column = 0; column < count; column++) {
        if (!numeric || table_columns[column].number) {
            text_append_format(out, "%s\"%s\"", separator, table_columns[column].name);
            separator = ",";
        }
    }
    text_append(out, "],");
}

/* The first `limit` findings as JSON: strings are written once, rows hold their numbers; `count` is how many rows the whole table has. */
static struct error *append_data(struct text *out, const char *id, const struct findings *findings, const size_t *order, size_t limit, size_t count) {
    struct pool *strings __attribute__((cleanup(scope_pool))) = pool_create();
    struct text scratch __attribute__((cleanup(text_deinit))) = {0};
    if (!strings) {
        return error_out_of_memory();
    }
    text_append_format(out, "<script type=\"application/json\" id=\"%s\">{\"count\":%zu,", id, count);
    append_names(out, "columns", TABLE_COLUMNS, false);
    append_names(out, "shown", TABLE_SHOWN, false);
    append_names(out, "numeric", TABLE_COLUMNS, true);
    text_append(out, "\n\"rows\":[");
    for (size_t index = 0; index < limit; index++) {
        const struct finding *finding = &findings->items[order[index]];
        text_append(out, index ? ",\n[" : "\n[");
        for (size_t column = 0; column < TABLE_COLUMNS; column++) {
            size_t string = table_columns[column].number ? 0 : pool_index(strings, pool_intern(strings, column_string(finding, column, &scratch)));
            text_append_format(out, "%s%lld", column ? "," : "",
                               table_columns[column].number ? (long long)column_number(finding, column) : (long long)string);
        }
        text_append(out, "]");
    }
    text_append(out, "],\n\"strings\":[");
    for (size_t index = 0; index < pool_count(strings); index++) {
        text_append(out, index ? ",\n" : "\n");
        escape_script_json(out, pool_at(strings, index));
    }
    text_append(out, "]}</script>\n");
    struct error *error = pool_check(strings);
    return error ? error : scratch.failed ? error_out_of_memory() : NULL;
}

static void append_option(struct text *out, const char *value) {
    text_append(out, "<option>");
    escape_html(out, value);
    text_append(out, "</option>");
}

static void append_filters(struct text *out, const struct findings *findings) {
    static const char *const certainties[] = {"observed", "shared", "possible", "unknown"};
    static const char *const harms[] = {"crash", "hang", "wrong result", "error", "unharmed"};
    static const char *const kinds[] = {"soft", "unavoidable", "exempt", "multi-client"};
    text_append(out, "<form class=\"filters\" hidden>\n<label>State <input type=\"search\" data-column=\"state\"></label>\n"
                     "<label>Transaction <input type=\"search\" data-column=\"transaction\"></label>\n"
                     "<label>Entity <select data-column=\"entity\"><option value=\"\">all</option>");
    const char *last = NULL;
    for (size_t index = 0; index < findings->count; index++) {
        if (findings->items[index].entity != last) {
            last = findings->items[index].entity;
            append_option(out, last);
        }
    }
    text_append(out, "</select></label>\n<label>Kind <select data-column=\"kind\"><option "
                     "value=\"\">all</option><option>primary</option><option>secondary</option>"
                     "</select></label>\n<label>Certainty <select data-column=\"certainty\"><option value=\"\">all</option>");
    for (size_t index = 0; index < sizeof certainties / sizeof certainties[0]; index++) {
        append_option(out, certainties[index]);
    }
    text_append(out, "</select></label>\n<label>Pattern <select data-column=\"patterns\" data-match=\"part\"><option value=\"\">all</option>");
    for (int pattern = 0; pattern < PATTERN_COUNT; pattern++) {
        append_option(out, pattern_name((enum finding_pattern)pattern));
    }
    text_append(out, "</select></label>\n<label>Harm <select data-column=\"harm\"><option value=\"\">all</option>");
    for (size_t index = 0; index < sizeof harms / sizeof harms[0]; index++) {
        append_option(out, harms[index]);
    }
    text_append(out, "</select></label>\n<label>Declared <select data-column=\"declared\"><option value=\"\">all</option>");
    for (size_t index = 0; index < sizeof kinds / sizeof kinds[0]; index++) {
        append_option(out, kinds[index]);
    }
    text_append(out, "</select></label>\n<output id=\"spill-count\" aria-live=\"polite\"></output></form>\n");
}

static void append_table_open(struct text *out, const char *table_attributes, const char *region_attributes) {
    text_append_format(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"spill table\"%s><table%s><thead><tr>",
                       region_attributes, table_attributes);
    for (size_t column = 0; column < TABLE_SHOWN; column++) {
        text_append_format(out, "<th scope=\"col\"%s>%s</th>", table_columns[column].number ? " class=\"number\"" : "", table_columns[column].title);
    }
    text_append(out, "</tr></thead><tbody>\n");
}

static void append_rows(struct text *out, const struct pages *pages, size_t rows) {
    struct text scratch __attribute__((cleanup(text_deinit))) = {0};
    for (size_t index = 0; index < rows; index++) {
        append_row(out, pages, &pages->findings->items[pages->order[index]], &scratch);
    }
}

/*
 * The script draws another table than plain rows would be, and laying those out first takes longer than all it does: only a browser without scripts
 * gets them.
 */
static void append_long_table(struct text *out, const struct pages *pages, size_t rows) {
    append_table_open(out, " id=\"spill-table\"", " hidden");
    text_append(out, "</tbody></table></div>\n<p class=\"notice\" id=\"spill-waiting\">The script of this page draws the table of all findings here. "
                     "Where a server "
                     "forbids scripts within pages, <code>spillscope report --assets linked</code> keeps them beside it.</p>\n<noscript>\n");
    append_table_open(out, "", "");
    append_rows(out, pages, rows);
    text_append_format(out,
                       "</tbody></table></div>\n<p class=\"notice\">%zu of %zu findings are shown; the others need JavaScript, or <code>spillscope "
                       "spills --db FILE</code>."
                       "</p></noscript>\n",
                       rows, pages->findings->count);
}

struct error *spill_table_write(struct text *out, const struct pages *pages) {
    const struct findings *findings = pages->findings;
    const size_t *order = pages->order;
    if (!findings->count) {
        text_append(out, "<p>No finding: nothing spilled, or nothing was analysed (see coverage).</p>\n");
        return NULL;
    }
    append_filters(out, findings);
    size_t rows = findings->count < SPILL_TABLE_ROWS ? findings->count : SPILL_TABLE_ROWS;
    if (rows == findings->count) {
        append_table_open(out, " id=\"spill-table\"", "");
        append_rows(out, pages, rows);
        text_append(out, "</tbody></table></div>\n");
    } else {
        append_long_table(out, pages, rows);
    }
    if (findings->count > SPILL_TABLE_DATA_LIMIT) {
        text_append_format(out,
                           "<p class=\"notice\">The table holds the first %d of %zu findings, undeclared spill before all else; <code>spillscope "
                           "whitelist --json</code> "
                           "and <code>spillscope spills --json</code> have all.</p>\n",
                           SPILL_TABLE_DATA_LIMIT, findings->count);
    }
    /* A long table's first rows come before the script, which draws them while the browser still reads the others. */
    size_t limit = findings->count < SPILL_TABLE_DATA_LIMIT ? findings->count : SPILL_TABLE_DATA_LIMIT;
    bool is_long = rows < findings->count;
    struct error *error = is_long ? append_data(out, "spill-lead", findings, order, TABLE_LEAD, limit) : NULL;
    if (is_long) {
        markup_script(out, pages->linked);
    }
    error = error ? error : append_data(out, "spill-data", findings, order, limit, limit);
    if (!is_long) {
        markup_script(out, pages->linked);
    }
    return error;
}
