#include <stdlib.h>
#include <string.h>

#include "compare/cost.h"
#include "spillscope/escape.h"
#include "html/chart.h"
#include "html/graph.h"
#include "html/markup.h"
#include "html/sections.h"
#include "spillscope/compare.h"

#define PAIR_LIMIT 1000

static void append_side(struct text *out, const char *name, const struct findings *findings) {
    text_append_format(out, "<p class=\"dim\">%s: <b>", name);
    escape_html(out, *findings->kernel ? findings->kernel : "?");
    text_append(out, "</b> ");
    escape_html(out, findings->revision);
    text_append(out, " ");
    escape_html(out, findings->configuration);
    text_append(out, "</p>\n");
}

static void append_alarm(struct text *out, const struct compare *compare) {
    if (compare_is_complete(compare)) {
        return;
    }
    text_append(out, "<div class=\"alarm\" role=\"alert\"><h2>Incomplete: this comparison may show less than there is</h2><ul>\n");
    for (int side = 0; side < 2; side++) {
        const struct findings *findings = side ? compare->after : compare->before;
        for (size_t index = 0; index < findings->incomplete_count && index < 20; index++) {
            text_append_format(out, "<li>%s: ", side ? "after" : "before");
            escape_html(out, findings->incomplete[index]);
            text_append(out, "</li>\n");
        }
    }
    if (*compare_nothing_common(compare)) {
        text_append_format(out, "<li>%s</li>\n", compare_nothing_common(compare));
    }
    text_append(out, "</ul></div>\n");
}

/*
 * Names the query of a figure, which is asked of each side; `common`: over the compared transactions. Where only one side has runs the views of what
 * was observed do not fit: `sql` is about PAIRS, which stands for what both sides were asked.
 */
static void append_query(struct text *out, const struct compare *compare, bool common, const char *sql) {
    static const char pairs[] = "PAIRS";
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    text_append_format(&text, "-- in both databases%s:\n",
                       !common             ? ""
                       : compare->observed ? ", over the transactions that both observed"
                                           : ", over the transactions that both know");
    for (const char *at = sql, *next = sql; *at; at = next) {
        next = strstr(at, pairs);
        text_append_bytes(&text, at, next ? (size_t)(next - at) : strlen(at));
        text_append(&text, !next ? "" : compare->observed ? "v_undeclared" : "(SELECT * FROM v_possible WHERE declared IS NULL)");
        next = next ? next + strlen(pairs) : at + strlen(at);
    }
    markup_query(out, text_string(&text));
}

/* The classes of a histogram over the servers' entities or transactions; zeros included. */
#define COUNTS_SQL(group)                                                                                                                            \
    "(SELECT count(DISTINCT u.state_id) AS states FROM txn t JOIN entity e ON e.id = t.entity_id AND e.role NOT IN ('client', 'outside') "           \
    "LEFT JOIN PAIRS u ON u.txn_id = t.id GROUP BY " group ")"

static void append_figure(struct text *out, const char *label, int64_t before, int64_t after) {
    text_append_format(out, "<li><b>%lld → %lld</b><span>%s</span></li>\n", (long long)before, (long long)after, label);
}

static void append_summary(struct text *out, const struct compare *compare) {
    text_append(out, "<section id=\"summary\" aria-labelledby=\"h-summary\"><h2 id=\"h-summary\">Summary</h2>\n<ul class=\"figures\">\n");
    append_figure(out, "undeclared (transaction, state) pairs", compare->before_pairs, compare->after_pairs);
    append_figure(out, "distinct undeclared states", compare->before_states, compare->after_states);
    if (compare->before_pairs) {
        text_append_format(out, "<li><b>%.1f%%</b><span>of the pairs are left</span></li>\n",
                           100.0 * (double)compare->after_pairs / (double)compare->before_pairs);
    }
    text_append_format(out, "<li><b>%zu</b><span>common transactions%s</span></li>\n", compare->common_count,
                       compare->observed ? ", observed in both" : "");
    for (enum compare_change change = COMPARE_REMOVED; change < COMPARE_CHANGE_COUNT; change++) {
        text_append_format(out, "<li><b>%zu</b><span>pairs %s</span></li>\n", compare->counts[change], compare_change_name(change));
    }
    text_append(out, "</ul>\n");
    const struct compare_prediction *prediction = &compare->prediction;
    if (compare_is_predicted(compare)) {
        text_append_format(
            out,
            "<p class=\"about\">The plan made of the side before predicted <b>%zu</b> pairs; <b>%lld</b> were measured. Of those that it removes "
            "%zu are gone and %zu are there still; of those that it leaves %zu are gone and %zu are there.</p>\n",
            prediction->predicted, (long long)compare->after_pairs, prediction->gone, prediction->kept_against, prediction->gone_beyond,
            prediction->kept);
    }
    if (!compare->observed) {
        text_append(out, "<p class=\"notice\">One of the databases has no probe run: what is compared is what the analysis holds possible.</p>\n");
    }
    append_query(out, compare, true, "SELECT DISTINCT common_name, key FROM PAIRS");
    if (compare_is_predicted(compare)) {
        append_query(
            out, compare, true,
            "SELECT DISTINCT t.common_name, p.key, p.fate IN ('to the client', 'soft') AS planned FROM v_plan p JOIN txn t ON t.id = p.txn_id "
            "WHERE p.declared IS NULL");
    }
    text_append(out, "</section>\n");
}

static void append_rows(struct text *out, const struct compare *compare, const char *title, const struct compare_row *rows, size_t count) {
    text_append_format(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"table of each %s\"><table><thead><tr><th scope=\"col\">%s</th><th "
        "scope=\"col\" class=\"number\">states before</th>"
        "<th scope=\"col\" class=\"number\">after</th><th scope=\"col\" class=\"number\">pairs before</th>%s"
        "<th scope=\"col\" class=\"number\">after</th><th scope=\"col\" class=\"number\">delta</th></tr></thead><tbody>\n",
        title, title, compare_is_predicted(compare) ? "<th scope=\"col\" class=\"number\">predicted</th>" : "");
    for (size_t index = 0; index < count && index < PAIR_LIMIT; index++) {
        const struct compare_row *row = &rows[index];
        int64_t delta = row->after - row->before;
        text_append(out, "<tr>");
        markup_code_cell(out, row->name);
        markup_number(out, row->states_before);
        markup_number(out, row->states_after);
        markup_number(out, row->before);
        if (compare_is_predicted(compare)) {
            markup_number(out, row->predicted);
        }
        markup_number(out, row->after);
        text_append_format(out, "<td class=\"number %s\">%s%lld</td></tr>\n",
                           delta < 0   ? "better"
                           : delta > 0 ? "worse"
                                       : "same",
                           delta > 0 ? "+" : "", (long long)delta);
    }
    text_append(out, "</tbody></table></div>\n");
    if (count > PAIR_LIMIT) {
        text_append_format(out, "<p class=\"notice\">%zu more rows: <code>spillscope compare --json</code> has all.</p>\n", count - PAIR_LIMIT);
    }
}

static struct error *append_entities(struct text *out, const struct compare *compare) {
    int64_t *before SCOPE_FREE = NULL;
    int64_t *after SCOPE_FREE = NULL;
    size_t before_count = 0;
    size_t after_count = 0;
    struct chart_bar *bars SCOPE_FREE = calloc(compare->entity_count + 1, sizeof *bars);
    if (!bars) {
        return error_out_of_memory();
    }
    text_append(out, "<section id=\"entities\" aria-labelledby=\"h-entities\"><h2 id=\"h-entities\">By entity</h2>\n");
    for (size_t index = 0; index < compare->entity_count; index++) {
        bars[index] =
            (struct chart_bar){compare->entities[index].name, compare->entities[index].states_after, compare->entities[index].states_before};
    }
    chart_bars(out, "entity-bars", "Distinct undeclared spilled states by entity, after and before", "was", bars, compare->entity_count);
    text_append(
        out, "<p class=\"legend\">Wide bar: before; narrow bar: after. Distinct undeclared states of the common transactions.</p>\n<h3>Histograms, "
             "all transactions of each side</h3>\n");
    struct error *error = entity_values(compare->before, &before, &before_count);
    if (!error) {
        error = entity_values(compare->after, &after, &after_count);
    }
    if (!error) {
        const struct chart_values earlier = {before, before_count};
        chart_histogram(out, "entity-histogram", "How many entities spill how many distinct states, before and after", "entities",
                        (struct chart_values){after, after_count}, &earlier);
        append_query(out, compare, false, HISTOGRAM_SQL(COUNTS_SQL("e.id")));
        free(before);
        free(after);
        before = NULL;
        after = NULL;
        error = transaction_values(compare->before, &before, &before_count);
    }
    if (!error) {
        error = transaction_values(compare->after, &after, &after_count);
    }
    if (!error) {
        const struct chart_values earlier = {before, before_count};
        chart_histogram(out, "transaction-histogram", "How many transactions spill how many distinct states, before and after", "transactions",
                        (struct chart_values){after, after_count}, &earlier);
        text_append(out, "<p class=\"legend\">Left, with an outline: before; right: after.</p>\n");
        append_query(out, compare, false, HISTOGRAM_SQL(COUNTS_SQL("t.id")));
        append_rows(out, compare, "entity", compare->entities, compare->entity_count);
        append_query(out, compare, true,
                     "SELECT entity, count(DISTINCT key) AS states, count(DISTINCT common_name || char(31) || key) AS pairs FROM PAIRS GROUP "
                     "BY entity");
    }
    text_append(out, "</section>\n");
    return error;
}

static struct error *append_graph(struct text *out, const struct compare *compare) {
    struct graph before = {0};
    struct graph after = {0};
    struct graph both = {0};
    text_append(out, "<section id=\"graph\" aria-labelledby=\"h-graph\"><h2 id=\"h-graph\">Who spills into whom</h2>\n<p class=\"about\">One layout "
                     "for both sides, over all transactions "
                     "of each: a faded arrow is gone, a thick one is new, \"a→b\" counts states before and after.</p>\n");
    struct error *error = graph_from_findings(compare->before, &before);
    if (!error) {
        error = graph_from_findings(compare->after, &after);
    }
    if (!error) {
        error = graph_compare(&before, &after, &both);
    }
    if (!error) {
        error = graph_write(&both, "compare-graph", NULL, out);
    }
    if (!error) {
        append_query(out, compare, false,
                     "SELECT CASE kind WHEN 'primary' THEN 'clients' ELSE entity END AS source, holder AS target, kind, count(DISTINCT state_id) AS "
                     "states FROM PAIRS GROUP "
                     "BY 1, 2, 3");
    }
    text_append(out, "</section>\n");
    graph_deinit(&before);
    graph_deinit(&after);
    graph_deinit(&both);
    return error;
}

static void append_pairs(struct text *out, const struct compare *compare, enum compare_change change) {
    size_t shown = 0;
    text_append_format(out, "<details%s><summary>%s: %zu</summary>\n", change == COMPARE_ADDED && compare->counts[change] ? " open" : "",
                       compare_change_name(change), compare->counts[change]);
    if (compare->counts[change]) {
        text_append(out, "<table><thead><tr><th scope=\"col\">transaction</th><th scope=\"col\">state</th><th scope=\"col\">held before by</th><th "
                         "scope=\"col\">after by</th></tr></thead><tbody>\n");
        for (size_t index = 0; index < compare->pair_count; index++) {
            const struct compare_pair *pair = &compare->pairs[index];
            if (pair->change == change && shown++ < PAIR_LIMIT) {
                text_append(out, "<tr>");
                markup_code_cell(out, pair->common_name);
                text_append(out, "<td><code>");
                escape_html(out, pair->key);
                text_append(out, pair->after_key ? "</code> → <code>" : "");
                escape_html(out, pair->after_key ? pair->after_key : "");
                text_append(out, "</code></td>");
                markup_cell(out, pair->before_owner ? pair->before_owner : "");
                markup_cell(out, pair->after_owner ? pair->after_owner : "");
                text_append(out, "</tr>\n");
            }
        }
        text_append(out, "</tbody></table>\n");
    }
    if (shown > PAIR_LIMIT) {
        text_append_format(out, "<p class=\"notice\">%zu more: <code>spillscope compare --json</code> has all.</p>\n", shown - PAIR_LIMIT);
    }
    text_append(out, "</details>\n");
}

static void append_left_out(struct text *out, const struct compare *compare) {
    text_append(out, "<section id=\"coverage\" aria-labelledby=\"h-coverage\"><h2 id=\"h-coverage\">Not compared</h2>\n");
    if (!compare->left_out_count) {
        text_append(out, "<p>Nothing: both sides cover the same transactions.</p>\n");
    } else {
        text_append(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"table of what is not compared\"><table><thead><tr><th "
                         "scope=\"col\">transaction</th><th scope=\"col\">why</th></tr></thead><tbody>\n");
        for (size_t index = 0; index < compare->left_out_count; index++) {
            text_append(out, "<tr>");
            markup_code_cell(out, compare->left_out[index].common_name);
            markup_cell(out, compare->left_out[index].why);
            text_append(out, "</tr>\n");
        }
        text_append(out, "</tbody></table></div>\n");
    }
    text_append(out, "</section>\n");
}

struct error *compare_write_html(const struct compare *compare, struct text *out) {
    struct text title __attribute__((cleanup(text_deinit))) = {0};
    text_append_format(&title, "State spill: %s and %s", *compare->before->kernel ? compare->before->kernel : "before",
                       *compare->after->kernel ? compare->after->kernel : "after");
    markup_page_open(out, text_string(&title), NULL);
    text_append(out, "<header><h1>");
    escape_html(out, text_string(&title));
    text_append(out, "</h1>\n");
    append_side(out, "before", compare->before);
    append_side(out, "after", compare->after);
    append_alarm(out, compare);
    text_append(out, "</header>\n<nav aria-label=\"contents\"><ul><li><a href=\"#summary\">Summary</a></li><li><a href=\"#entities\">By "
                     "entity</a></li><li><a href=\"#graph\">Spill graph</a></li>"
                     "<li><a href=\"#objects\">By object</a></li><li><a href=\"#pairs\">Pairs</a></li>");
    text_append(out, compare->cost.ratio_count ? "<li><a href=\"#cost\">Cost</a></li>" : "");
    text_append(out, "<li><a href=\"#coverage\">Not compared</a></li></ul></nav>\n<main>\n");
    append_summary(out, compare);
    struct error *error = append_entities(out, compare);
    if (!error) {
        error = append_graph(out, compare);
    }
    if (error) {
        return error;
    }
    text_append(out, "<section id=\"objects\" aria-labelledby=\"h-objects\"><h2 id=\"h-objects\">By object, most growth first</h2>\n");
    append_rows(out, compare, "object", compare->objects, compare->object_count);
    append_query(out, compare, true,
                 "SELECT s.root AS object, count(DISTINCT u.key) AS states, count(DISTINCT u.common_name || char(31) || u.key) AS pairs FROM PAIRS u "
                 "JOIN state s ON s.id = u.state_id GROUP BY s.root");
    text_append(out, "</section>\n<section id=\"pairs\" aria-labelledby=\"h-pairs\"><h2 id=\"h-pairs\">(Transaction, state) pairs</h2>\n");
    for (enum compare_change change = COMPARE_REMOVED; change < COMPARE_CHANGE_COUNT; change++) {
        append_pairs(out, compare, change);
    }
    text_append(out, "</section>\n");
    cost_write_html(compare, out);
    append_left_out(out, compare);
    text_append(out, "</main>\n");
    markup_page_close(out);
    return out->failed ? error_out_of_memory() : NULL;
}
