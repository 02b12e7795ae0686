#include "html/sections.h"

#include <stdlib.h>
#include <string.h>

#include "findings/verdict.h"
#include "findings/wording.h"
#include "spillscope/escape.h"
#include "html/chart.h"
#include "html/markup.h"

/* ------------------------------------------------------------------------------------------------------ summary */

/* A figure of the summary: one number by one query. */
struct figure {
    const char *label;
    const char *sql;
};

static struct error *append_figures(struct text *out, struct store *store, const struct figure *figures, size_t count) {
    struct text queries __attribute__((cleanup(text_deinit))) = {0};
    text_append(out, "<ul class=\"figures\">\n");
    for (size_t index = 0; index < count; index++) {
        int64_t value = 0;
        struct error *error = store_scalar(store, figures[index].sql, &value);
        if (error) {
            return error;
        }
        text_append_format(out, "<li><b>%lld</b><span>%s</span></li>\n", (long long)value, figures[index].label);
        text_append_format(&queries, "-- %s: %lld\n%s;\n", figures[index].label, (long long)value, figures[index].sql);
    }
    text_append(out, "</ul>\n");
    markup_query(out, text_string(&queries));
    return NULL;
}

#define SERVED "txn t JOIN entity e ON e.id = t.entity_id WHERE e.role NOT IN ('client', 'outside')"

struct error *section_summary(struct text *out, const struct pages *pages) {
    const struct findings *findings = pages->findings;
    static const struct figure observed[] = {
        {"transactions observed", "SELECT count(*) FROM v_coverage WHERE observed > 0"},
        {"transactions known", "SELECT count(*) FROM " SERVED},
        {"distinct spilled states, undeclared", "SELECT count(DISTINCT state_id) FROM v_spill WHERE attribution = 'own' AND declared IS NULL"},
        {"(transaction, state) pairs, undeclared",
         "SELECT count(DISTINCT txn_id || '/' || state_id) FROM v_spill WHERE attribution = 'own' AND declared IS NULL"},
        {"of these pairs: secondary",
         "SELECT count(DISTINCT txn_id || '/' || state_id) FROM v_spill WHERE attribution = 'own' AND declared IS NULL AND kind = 'secondary'"},
        {"spilled states, declared with a reason", "SELECT count(DISTINCT state_id) FROM v_spill WHERE attribution = 'own' AND declared IS NOT NULL"},
        {"pairs only shared with an overlapping task or interrupt",
         "SELECT count(*) FROM (SELECT txn_id, state_id FROM v_spill GROUP BY txn_id, state_id HAVING sum(attribution = 'own') = 0)"},
        {"pairs in the whitelist", "SELECT count(*) FROM v_whitelist WHERE phase = 'runtime'"},
    };
    static const struct figure possible[] = {
        {"transactions", "SELECT count(*) FROM " SERVED},
        {"pairs in the whitelist", "SELECT count(*) FROM v_whitelist WHERE phase = 'runtime'"},
        {"of these: only by an unknown", "SELECT count(*) FROM v_whitelist WHERE phase = 'runtime' AND by_unknown"},
        {"distinct states in the whitelist", "SELECT count(DISTINCT state_id) FROM v_whitelist WHERE phase = 'runtime'"},
        {"pairs written at initialisation alone", "SELECT count(*) FROM v_whitelist WHERE phase = 'init'"},
        {"unknowns", "SELECT count(*) FROM v_unknown"},
    };
    if (!findings->has_probe) {
        text_append(out, "<p class=\"notice\">No probe run is in this database: everything below is what the analysis holds possible, nothing was "
                         "observed.</p>\n");
        return append_figures(out, pages->store, possible, sizeof possible / sizeof possible[0]);
    }
    return append_figures(out, pages->store, observed, sizeof observed / sizeof observed[0]);
}

/* ----------------------------------------------------------------------------------------------------- entities */

static int number_compare(const void *one, const void *other) {
    int64_t left = *(const int64_t *)one;
    int64_t right = *(const int64_t *)other;
    return (left > right) - (left < right);
}

/* Distinct undeclared (or all owned) states among findings [first, last). */
static int64_t states_distinct(const struct findings *findings, size_t first, size_t last, bool declared_too, int64_t *scratch) {
    size_t count = 0;
    for (size_t index = first; index < last; index++) {
        const struct finding *finding = &findings->items[index];
        bool seen = !findings->has_probe || finding->certainty == FINDING_OBSERVED;
        if (findings_counts(findings, finding) ||
            (declared_too && seen && *finding->declared && !finding->shared && finding->certainty != FINDING_UNKNOWN)) {
            scratch[count++] = finding->state_id;
        }
    }
    qsort(scratch, count, sizeof *scratch, number_compare);
    int64_t distinct = 0;
    for (size_t index = 0; index < count; index++) {
        distinct += !index || scratch[index] != scratch[index - 1];
    }
    return distinct;
}

/* Findings and transactions are both sorted by entity and name: walk them together. */
static struct error *values_collect(const struct findings *findings, bool by_entity, int64_t **out_values, size_t *out_count) {
    int64_t *values = calloc(findings->transaction_count + 1, sizeof *values);
    int64_t *scratch SCOPE_FREE = calloc(findings->count + 1, sizeof *scratch);
    size_t count = 0;
    size_t finding = 0;
    if (!values || !scratch) {
        free(values);
        return error_out_of_memory();
    }
    for (size_t first = 0, last = 0; first < findings->transaction_count; first = last) {
        const struct finding_transaction *transaction = &findings->transactions[first];
        last = first + 1;
        while (by_entity && last < findings->transaction_count && findings->transactions[last].entity == transaction->entity) {
            last++;
        }
        size_t start = finding;
        while (finding < findings->count && findings->items[finding].entity == transaction->entity &&
               (by_entity || findings->items[finding].txn_id == transaction->txn_id)) {
            finding++;
        }
        values[count++] = states_distinct(findings, start, finding, false, scratch);
    }
    *out_values = values;
    *out_count = count;
    return NULL;
}

struct error *entity_values(const struct findings *findings, int64_t **out_values, size_t *out_count) {
    return values_collect(findings, true, out_values, out_count);
}

struct error *transaction_values(const struct findings *findings, int64_t **out_values, size_t *out_count) {
    return values_collect(findings, false, out_values, out_count);
}

static int bar_compare(const void *one, const void *other) {
    const struct chart_bar *left = one;
    const struct chart_bar *right = other;
    int order = (right->value > left->value) - (right->value < left->value);
    return order ? order : strcmp(left->name, right->name);
}

static struct error *append_entity_bars(struct text *out, const struct findings *findings) {
    struct chart_bar *bars SCOPE_FREE = calloc(findings->count + 1, sizeof *bars);
    int64_t *scratch SCOPE_FREE = calloc(findings->count + 1, sizeof *scratch);
    size_t count = 0;
    if (!bars || !scratch) {
        return error_out_of_memory();
    }
    for (size_t first = 0, last = 0; first < findings->count; first = last) {
        for (last = first; last < findings->count && findings->items[last].entity == findings->items[first].entity; last++) {
        }
        int64_t all = states_distinct(findings, first, last, true, scratch);
        if (all) {
            bars[count++] = (struct chart_bar){findings->items[first].entity, states_distinct(findings, first, last, false, scratch), all};
        }
    }
    qsort(bars, count, sizeof *bars, bar_compare);
    if (count) {
        chart_bars(out, "entity-bars", "Distinct spilled states by entity", "of", bars, count);
        text_append(out, "<p class=\"legend\">Narrow bar: undeclared states that transactions of the entity spill; wide bar behind it: declared ones "
                         "with them.</p>\n");
        markup_query(out, "SELECT entity, count(DISTINCT CASE WHEN declared IS NULL THEN state_id END) AS undeclared, count(DISTINCT state_id) AS "
                          "states FROM v_counted GROUP BY entity ORDER BY undeclared DESC, entity");
    }
    return NULL;
}

struct error *section_entities(struct text *out, const struct pages *pages) {
    const struct findings *findings = pages->findings;
    static const struct markup_column spill_columns[] = {
        {"entity", 't'}, {"transactions that spill", 'n'}, {"states", 'n'}, {"undeclared states", 'n'},
        {"pairs", 'n'},  {"undeclared pairs", 'n'},        {NULL, 0}};
    static const struct markup_column white_columns[] = {{"entity", 't'}, {"transactions", 'n'},       {"distinct states", 'n'},
                                                         {"pairs", 'n'},  {"only by an unknown", 'n'}, {NULL, 0}};
    int64_t *values SCOPE_FREE = NULL;
    int64_t *each SCOPE_FREE = NULL;
    size_t count = 0;
    struct error *error = append_entity_bars(out, findings);
    if (!error) {
        error = entity_values(findings, &values, &count);
    }
    if (!error) {
        text_append(out, "<h3>Histogram of spill by entity</h3>\n");
        chart_histogram(out, "entity-histogram", "How many entities spill how many distinct states", "entities", (struct chart_values){values, count},
                        NULL);
        markup_query(out, HISTOGRAM_SQL("v_entity_count"));
        error = transaction_values(findings, &each, &count);
    }
    if (!error) {
        text_append(out, "<h3>Histogram of spill by transaction</h3>\n");
        chart_histogram(out, "transaction-histogram", "How many transactions spill how many distinct states", "transactions",
                        (struct chart_values){each, count}, NULL);
        markup_query(out, HISTOGRAM_SQL("v_spill_count"));
        error = findings->has_probe
                    ? markup_table(out, pages->store, "spill by entity",
                                   "SELECT entity, transactions, states, undeclared_states, pairs, undeclared_pairs FROM v_spill_by_entity "
                                   "ORDER BY undeclared_states DESC, entity",
                                   spill_columns, 500)
                    : markup_table(out, pages->store, "whitelist by entity",
                                   "SELECT entity, count(DISTINCT txn_id), count(DISTINCT state_id), count(*), sum(by_unknown) FROM v_whitelist "
                                   "WHERE phase = 'runtime' GROUP BY entity ORDER BY 3 DESC, entity",
                                   white_columns, 500);
    }
    return error;
}

/* ----------------------------------------------------------------------------------------------- patterns */

struct error *section_patterns(struct text *out, const struct pages *pages) {
    const struct findings *findings = pages->findings;
    size_t counts[PATTERN_COUNT] = {0};
    size_t goals[GOAL_COUNT] = {0};
    size_t none = 0;
    size_t all = 0;
    for (size_t index = 0; index < findings->count; index++) {
        const struct finding *finding = &findings->items[index];
        if (!findings_counts(findings, finding)) {
            continue;
        }
        all++;
        none += !finding->patterns;
        for (size_t bit = 0; bit < PATTERN_COUNT; bit++) {
            counts[bit] += finding->patterns >> bit & 1;
        }
        for (size_t bit = 0; bit < GOAL_COUNT; bit++) {
            goals[bit] += finding->goals >> bit & 1;
        }
    }
    markup_region(out, "patterns", "");
    text_append(out, "<table><thead><tr><th scope=\"col\">pattern</th><th scope=\"col\" class=\"number\">findings</th><th scope=\"col\" "
                     "class=\"number\">share</th>"
                     "<th scope=\"col\">what it is</th></tr></thead><tbody>\n");
    for (int pattern = 0; pattern < PATTERN_COUNT; pattern++) {
        text_append_format(out, "<tr><td>%s</td><td class=\"number\">%zu</td><td class=\"number\">%.0f%%</td><td>%s</td></tr>\n",
                           pattern_name((enum finding_pattern)pattern), counts[pattern], all ? 100.0 * (double)counts[pattern] / (double)all : 0.0,
                           wording_pattern_summary((enum finding_pattern)pattern));
    }
    text_append_format(
        out, "<tr><td>none recognised</td><td class=\"number\">%zu</td><td class=\"number\">%.0f%%</td><td></td></tr></tbody></table></div>\n", none,
        all ? 100.0 * (double)none / (double)all : 0.0);
    text_append_format(out,
                       "<p class=\"about\">Of %zu undeclared findings; one can show several patterns. The rules look at keys, types and observed "
                       "changes; the evidence stands "
                       "with each finding.</p>\n<h3>What it stands in the way of</h3>\n<ul class=\"figures\">\n",
                       all);
    for (size_t goal = 0; goal < GOAL_COUNT; goal++) {
        text_append_format(out, "<li><b>%zu</b><span>%s</span></li>\n", goals[goal], goal_name(goal));
    }
    text_append(out, "</ul>\n");
    markup_query(
        out, "SELECT pattern, count(*) FROM v_pattern GROUP BY pattern;\n"
             "SELECT count(*) FROM (SELECT txn_id, state_id, kind FROM v_undeclared EXCEPT SELECT txn_id, state_id, kind FROM v_pattern); -- none\n"
             "SELECT goal, count(*) FROM v_goal GROUP BY goal;");
    return NULL;
}

/* ------------------------------------------------------------------------------------------------------- tables */

struct error *section_declared(struct text *out, const struct pages *pages) {
    static const struct markup_column columns[] = {{"pattern", 'c'},          {"kind", 't'},           {"value", 't'},  {"states covered", 'n'},
                                                   {"of these spilled", 'n'}, {"not shown soft", 'n'}, {"reason", 't'}, {NULL, 0}};
    return markup_table(
        out, pages->store, "declared states",
        "SELECT d.pattern, d.kind, coalesce(d.value, ''), count(DISTINCT vd.state_id), count(DISTINCT sp.state_id), count(DISTINCT CASE WHEN "
        "vd.declaration_id IS NULL THEN sp.state_id END), d.reason FROM declaration d LEFT JOIN v_declared vd ON vd.claimed_id = d.id LEFT JOIN "
        "(SELECT DISTINCT state_id FROM v_spill) sp ON sp.state_id = vd.state_id "
        "GROUP BY d.id ORDER BY d.kind, d.pattern",
        columns, 1000);
}

struct error *section_harm(struct text *out, const struct pages *pages) {
    static const struct markup_column outcomes[] = {{"outcome", 't'}, {"reset", 'n'}, {"perturbed", 'n'}, {NULL, 0}};
    static const struct markup_column worst[] = {{"state", 'c'},   {"entity", 't'}, {"transaction", 'c'}, {"outcome", 't'}, {"what was done", 't'},
                                                 {"console", 'c'}, {NULL, 0}};
    int64_t trials = 0;
    struct error *error = store_scalar(pages->store, "SELECT count(*) FROM litmus", &trials);
    if (error || !trials) {
        text_append(out,
                    error ? ""
                          : "<p>No litmus was run: nothing here says whether a spilled state harms a client (<code>spillscope litmus</code>).</p>\n");
        return error;
    }
    text_append(out, "<p class=\"about\">After a transaction had changed a state, the state was set back (<i>reset</i>) or given another value "
                     "(<i>perturbed</i>), and the client went on with its workload. What came of it, worst first:</p>\n");
    error =
        markup_table(out, pages->store, "litmus outcomes",
                     "SELECT outcome, sum(action = 'reset'), sum(action = 'perturb') FROM litmus GROUP BY outcome ORDER BY CASE outcome WHEN 'crash' "
                     "THEN 0 WHEN 'hang' THEN 1 WHEN 'wrong result' THEN 2 WHEN 'error' THEN 3 ELSE 4 END",
                     outcomes, 10);
    if (error) {
        return error;
    }
    text_append(out, "<h3>Most harmful states</h3>\n");
    return markup_table(
        out, pages->store, "most harmful states",
        "SELECT h.key, e.name, t.name, h.harm, group_concat(DISTINCT l.action), max(l.detail) FROM v_harm h JOIN txn t ON t.id = h.txn_id "
        "JOIN entity e ON e.id = t.entity_id JOIN litmus l ON l.txn_id = h.txn_id AND l.key = h.key AND l.outcome = h.harm WHERE h.rank > 0 "
        "GROUP BY h.txn_id, h.key ORDER BY h.rank DESC, h.harmed DESC, h.key, t.name",
        worst, 100);
}

struct error *section_coverage(struct text *out, const struct pages *pages) {
    const struct findings *findings = pages->findings;
    static const struct markup_column never[] = {{"entity", 't'}, {"transaction", 'c'}, {NULL, 0}};
    static const struct markup_column hit[] = {
        {"entity", 't'}, {"transaction", 'c'}, {"observed", 'n'}, {"complete", 'n'}, {"returned an error", 'n'}, {"overlapped", 'n'}, {NULL, 0}};
    static const struct figure units[] = {{"translation units", "SELECT count(*) FROM unit"},
                                          {"of these analysed", "SELECT count(*) FROM unit WHERE status <> 'failed'"}};
    struct error *error = append_figures(out, pages->store, units, sizeof units / sizeof units[0]);
    if (!error && findings->has_probe) {
        text_append(out, "<h3>Never entered by a run</h3>\n");
        error = markup_table(
            out, pages->store, "never entered",
            "SELECT entity, transaction_name FROM v_coverage WHERE observed = 0 AND entity NOT IN (SELECT name FROM entity WHERE role IN "
            "('client', 'outside')) ORDER BY entity, transaction_name",
            never, 1000);
        text_append(out, "<h3>Observed</h3>\n");
    }
    return error ? error
                 : markup_table(out, pages->store, "observed transactions",
                                "SELECT entity, transaction_name, observed, complete, failed, overlapped FROM v_coverage WHERE observed > 0 ORDER BY "
                                "entity, transaction_name",
                                hit, 1000);
}

struct error *section_whitelist(struct text *out, const struct pages *pages) {
    static const struct markup_column columns[] = {{"entity", 't'}, {"transaction", 'c'},        {"states", 'n'},
                                                   {"leaves", 'n'}, {"only by an unknown", 'n'}, {NULL, 0}};
    return markup_table(out, pages->store, "whitelist sizes",
                        "SELECT entity, transaction_name, states, leaves, by_unknown FROM v_whitelist_size WHERE states > 0 ORDER BY leaves DESC, "
                        "entity, transaction_name",
                        columns, 200);
}

struct error *section_unknowns(struct text *out, const struct pages *pages) {
    static const struct markup_column columns[] = {{"cause", 't'}, {"detail", 'c'}, {"transactions", 'n'}, {"places", 'n'}, {NULL, 0}};
    return markup_table(out, pages->store, "unknowns",
                        "SELECT cause, detail, transactions, places FROM v_unknown_cause ORDER BY transactions DESC, places DESC, cause, detail",
                        columns, 100);
}

struct error *section_oracle(struct text *out, const struct pages *pages) {
    struct verdict verdict = {0};
    struct error *error = verdict_load(pages->store, &verdict);
    if (error) {
        return error;
    }
    if (!verdict.present) {
        text_append(out,
                    "<p>No write oracle judged this database: nothing here says whether the whitelist misses a store or the probe a change.</p>\n");
        return NULL;
    }
    if (verdict.misses || verdict.functions || verdict.unmapped || verdict.false_negatives) {
        text_append_format(
            out,
            "<div class=\"alarm\" role=\"alert\"><h2>The judge objects</h2><p>%lld stored pair(s) are missing from the whitelist, %lld function(s) "
            "stored outside the call closure, %lld place(s) stored to unknown memory, %lld change(s) were not reported. <code>spillscope "
            "oracle</code> names each.</p></div>\n",
            (long long)verdict.misses, (long long)verdict.functions, (long long)verdict.unmapped, (long long)verdict.false_negatives);
    }
    static const struct figure alone[] = {{"pairs with own stores", "SELECT pairs FROM v_verdict"},
                                          {"misses (stored, not in the whitelist)", "SELECT misses FROM v_verdict"},
                                          {"functions outside the call closure", "SELECT functions FROM v_verdict"},
                                          {"places with unmapped stores", "SELECT unmapped FROM v_verdict"},
                                          {"pairs truly changed, server-owned", "SELECT changed FROM v_verdict"},
                                          {"pairs changed and changed back", "SELECT transient FROM v_verdict"},
                                          {"own stores", "SELECT stores FROM v_verdict"},
                                          {"of these silent (value kept)", "SELECT silent FROM v_verdict"}};
    static const struct figure of_probe[] = {{"pairs reported by the probe", "SELECT reported FROM v_verdict"},
                                             {"false positives", "SELECT false_positives FROM v_verdict"},
                                             {"false negatives", "SELECT false_negatives FROM v_verdict"}};
    if (!verdict.paired) {
        text_append(out, "<p class=\"notice\">The oracle's run is paired with no probe run: false positives and negatives are not known.</p>\n");
    }
    error = append_figures(out, pages->store, alone, sizeof alone / sizeof alone[0]);
    return error || !verdict.paired ? error : append_figures(out, pages->store, of_probe, sizeof of_probe / sizeof of_probe[0]);
}
