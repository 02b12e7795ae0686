#include "spillscope/report.h"

#include <stdlib.h>
#include <time.h>

#include "formats/escape.h"
#include "html/evidence.h"
#include "html/graph.h"
#include "html/markup.h"
#include "html/sections.h"
#include "html/spill_table.h"

static void append_fact(struct text *out, const char *name, const char *value) {
    if (*value) {
        text_append_format(out, "%s <b>", name);
        escape_html(out, value);
        text_append(out, "</b> &nbsp; ");
    }
}

static void append_provenance(struct text *out, const struct findings *findings) {
    text_append(out, "<p class=\"dim\">");
    append_fact(out, "kernel", findings->kernel);
    append_fact(out, "revision", findings->revision);
    append_fact(out, "configuration", findings->configuration);
    append_fact(out, "build", findings->build_id);
    append_fact(out, "tool", findings->tool_version);
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (epoch && *epoch) {
        char day[32] = "";
        time_t when = (time_t)strtoll(epoch, NULL, 10);
        struct tm parts = {0};
        gmtime_r(&when, &parts);
        strftime(day, sizeof day, "%Y-%m-%d", &parts);
        append_fact(out, "date", day);
    }
    text_append_format(out, "%lld of %lld translation units analysed</p>\n", (long long)(findings->units - findings->units_failed),
                       (long long)findings->units);
}

static void append_alarm(struct text *out, const struct findings *findings) {
    enum { LIMIT = 20 };
    if (!findings->incomplete_count) {
        return;
    }
    text_append(out, "<div class=\"alarm\" role=\"alert\">\n<h2>Incomplete: this report may show less than there is</h2>\n<ul>\n");
    for (size_t index = 0; index < findings->incomplete_count && index < LIMIT; index++) {
        text_append(out, "<li>");
        escape_html(out, findings->incomplete[index]);
        text_append(out, "</li>\n");
    }
    if (findings->incomplete_count > LIMIT) {
        text_append_format(out, "<li>and %zu more</li>\n", findings->incomplete_count - LIMIT);
    }
    text_append(out, "</ul></div>\n");
}

static const char contents[] =
    "<nav aria-label=\"contents\"><ul><li><a href=\"#summary\">Summary</a></li><li><a href=\"#entities\">By entity</a></li><li><a "
    "href=\"#graph\">Spill graph</a></li>"
    "<li><a href=\"#spills\">Findings</a></li><li><a href=\"#patterns\">Patterns</a></li><li><a href=\"#plan\">Plan</a></li><li><a "
    "href=\"#declared\">Declared</a></li><li><a href=\"#harm\">Harm</a></li>"
    "<li><a href=\"#oracle\">Oracle</a></li><li><a href=\"#coverage\">Coverage</a></li><li><a href=\"#whitelist\">Whitelist sizes</a></li>"
    "<li><a href=\"#unknowns\">Unknowns</a></li><li><a href=\"#evidence\">Evidence</a></li></ul></nav>\n<main>\n";

static void section_open(struct text *out, const char *id, const char *title) {
    text_append_format(out, "<section id=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">%s</h2>\n", id, id, id, title);
}

static struct error *append_graph(struct text *out, const struct findings *findings) {
    struct graph graph = {0};
    struct error *error = graph_from_findings(findings, &graph);
    if (!error) {
        error = graph_write(
            &graph, "spill-graph",
            findings->has_probe
                ? "SELECT CASE kind WHEN 'primary' THEN 'clients' ELSE entity END AS source, coalesce(nullif(owner, ''), entity) AS target, kind, "
                  "count(DISTINCT state_id) FROM v_spill WHERE attribution = 'own' AND declared IS NULL GROUP BY 1, 2, 3"
                : "SELECT entity, state_entity, count(DISTINCT state_id) FROM v_whitelist WHERE phase = 'runtime' AND NOT by_unknown GROUP BY 1, 2",
            out);
    }
    graph_deinit(&graph);
    return error;
}

static struct error *append_evidence(struct text *out, struct store *store, struct findings *findings, const size_t *order, const char *root) {
    struct source_cache *sources = NULL;
    struct error *error = source_cache_create(root, &sources);
    size_t count = findings->count < SPILL_TABLE_ROWS ? findings->count : SPILL_TABLE_ROWS;
    for (size_t index = 0; index < count && !error; index++) {
        error = evidence_write(out, store, findings, &findings->items[order[index]], sources);
    }
    if (count < findings->count) {
        text_append_format(out,
                           "<p class=\"notice\">Evidence of the first %zu of %zu findings; <code>spillscope explain FINGERPRINT --db FILE</code> "
                           "prints it for any.</p>\n",
                           count, findings->count);
    }
    source_cache_destroy(sources);
    return error;
}

static struct error *append_sections(struct text *out, struct store *store, struct findings *findings, const size_t *order, const char *root) {
    section_open(out, "summary", "Summary");
    struct error *error = section_summary(out, store, findings);
    if (!error) {
        text_append(out, "</section>\n");
        section_open(out, "entities", "Spill by entity");
        error = section_entities(out, store, findings);
    }
    if (!error) {
        text_append(out, "</section>\n");
        section_open(out, "graph", "Who spills into whom");
        error = append_graph(out, findings);
    }
    if (!error) {
        text_append(out, "</section>\n");
        section_open(out, "spills", "Findings");
        text_append(
            out, "<p class=\"about\">Undeclared spill first. <i>Observed</i>: a run saw the change; <i>shared</i>: an overlapping task or interrupt "
                 "cannot be excluded; "
                 "<i>possible</i>: the whitelist allows it, no run showed it; <i>unknown</i>: only code that could not be seen might do it.</p>\n");
        error = spill_table_write(out, findings, order);
    }
    if (!error) {
        markup_query(out, "SELECT * FROM v_spill; -- observed and shared\nSELECT * FROM v_whitelist WHERE phase = 'runtime'; -- possible and "
                          "unknown: what is not among them");
        text_append(out, "</section>\n");
        section_open(out, "patterns", "Patterns");
        error = section_patterns(out, findings);
    }
    if (!error) {
        text_append(out, "</section>\n");
        section_open(out, "plan", "Plan for a redesign");
        error = section_plan(out, findings);
    }
    if (!error) {
        text_append(out, "</section>\n");
        section_open(out, "declared", "Declared states");
        error = section_declared(out, store);
    }
    if (!error) {
        text_append(out, "</section>\n");
        section_open(out, "harm", "Harm shown by litmus runs");
        error = section_harm(out, store);
    }
    if (!error) {
        text_append(out, "</section>\n");
        section_open(out, "oracle", "Write oracle");
        error = section_oracle(out, store);
    }
    if (!error) {
        text_append(out, "</section>\n");
        section_open(out, "coverage", "Coverage");
        error = section_coverage(out, store, findings);
    }
    if (!error) {
        text_append(out, "</section>\n");
        section_open(out, "whitelist", "Whitelist sizes");
        error = section_whitelist(out, store);
    }
    if (!error) {
        text_append(out, "</section>\n");
        section_open(out, "unknowns", "Unknowns");
        error = section_unknowns(out, store);
    }
    if (!error) {
        text_append(out, "</section>\n");
        section_open(out, "evidence", "Evidence");
        error = append_evidence(out, store, findings, order, root);
        text_append(out, "</section>\n");
    }
    return error;
}

struct error *report_write(struct store *store, const struct report_options *options, struct text *out, bool *out_complete) {
    struct findings *findings __attribute__((cleanup(scope_findings))) = NULL;
    size_t *order SCOPE_FREE = NULL;
    struct text title __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = findings_load(store, FINDINGS_ALL, &findings);
    if (!error) {
        error = spill_table_order(findings, &order);
    }
    if (error) {
        return error;
    }
    text_append_format(&title, "State spill in %s", *findings->kernel ? findings->kernel : "an unnamed kernel");
    markup_page_open(out, text_string(&title));
    text_append(out, "<a class=\"skip\" href=\"#spills\">Skip to the findings</a>\n<header>\n<h1>");
    escape_html(out, text_string(&title));
    text_append(out, "</h1>\n");
    append_provenance(out, findings);
    append_alarm(out, findings);
    text_append(out, "</header>\n");
    text_append(out, contents);
    error = append_sections(out, store, findings, order, options->source_root ? options->source_root : findings->source_root);
    if (error) {
        return error;
    }
    text_append(out, "</main>\n");
    markup_page_close(out);
    *out_complete = findings->incomplete_count == 0;
    return out->failed ? error_out_of_memory() : NULL;
}
