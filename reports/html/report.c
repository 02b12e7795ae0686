#include "spillscope/report.h"

#include <stdlib.h>
#include <time.h>

#include "spillscope/escape.h"
#include "html/assets.h"
#include "html/entity_page.h"
#include "html/evidence.h"
#include "html/graph.h"
#include "html/markup.h"
#include "html/pages.h"
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

static struct error *append_graph(struct text *out, const struct pages *pages) {
    struct graph graph = {0};
    struct error *error = graph_from_findings(pages->findings, &graph);
    struct graph_link *links SCOPE_FREE = error ? NULL : calloc(graph.node_count + 1, sizeof *links);
    for (size_t index = 0; links && index < graph.node_count; index++) {
        entity_pages_link(pages->entities, graph.nodes[index], &links[index]);
    }
    graph.links = links;
    if (!error) {
        error = graph_write(&graph, "spill-graph", "SELECT source, target, kind, states FROM v_spill_graph ORDER BY source, target, kind", out);
    }
    graph_deinit(&graph);
    return error;
}

static struct error *append_neighbours(struct text *out, const struct pages *pages) {
    return entity_pages_write(out, pages, pages->entities);
}

static struct error *append_evidence(struct text *out, const struct pages *pages) {
    const struct findings *findings = pages->findings;
    struct error *error = NULL;
    size_t count = findings->count < SPILL_TABLE_ROWS ? findings->count : SPILL_TABLE_ROWS;
    for (size_t index = 0; index < count && !error; index++) {
        error = evidence_write(out, pages, &findings->items[pages->order[index]]);
    }
    if (count < findings->count) {
        text_append_format(out,
                           "<p class=\"notice\">Evidence of the first %zu of %zu findings; <code>spillscope explain FINGERPRINT --db FILE</code> "
                           "prints it for any.</p>\n",
                           count, findings->count);
    }
    markup_query(out,
                 "SELECT observed FROM v_spill WHERE txn_id = 1 AND state_id = 1; -- and of how many observations:\nSELECT observed FROM v_coverage "
                 "WHERE txn_id = 1;\nSELECT * FROM v_reader WHERE state_id = 1;\nSELECT * FROM v_first_change WHERE txn_id = 1 AND state_id = "
                 "1;\nSELECT action, outcome, count(*) FROM litmus WHERE txn_id = 1 AND key = 'KEY' GROUP BY action, outcome;\nSELECT w.* FROM "
                 "v_witness w JOIN may_modify m ON m.id = w.may_modify_id WHERE m.txn_id = 1 AND m.state_id = 1 ORDER BY w.step;");
    return error;
}

static struct error *append_spills(struct text *out, const struct pages *pages) {
    text_append(out,
                "<p class=\"about\">Undeclared spill first. <i>Observed</i>: a run saw the change; <i>shared</i>: an overlapping task or interrupt "
                "cannot be excluded; <i>possible</i>: the whitelist allows it, no run showed it; <i>unknown</i>: only code that could not be seen "
                "might do it.</p>\n");
    struct error *error = spill_table_write(out, pages);
    markup_query(out, "SELECT DISTINCT txn_id, state_id, kind FROM v_spill; -- observed and shared\n"
                      "SELECT txn_id, state_id FROM v_allowed EXCEPT SELECT txn_id, state_id FROM v_spill; -- possible and unknown\n"
                      "SELECT txn_id, observed FROM v_coverage; -- runs");
    return error;
}

/* The parts of the report, in its order. */
static const struct part {
    const char *id, *title, *link; /* link: the title in the contents */
    struct error *(*write)(struct text *out, const struct pages *pages);
    bool folded; /* holds closed parts, which stay off paper */
} parts[] = {
    {"summary", "Summary", "Summary", section_summary, false},
    {"entities", "Spill by entity", "By entity", section_entities, false},
    {"graph", "Who spills into whom", "Spill graph", append_graph, false},
    {"spills", "Findings", "Findings", append_spills, false},
    {"patterns", "Patterns", "Patterns", section_patterns, false},
    {"plan", "Plan for a redesign", "Plan", section_plan, false},
    {"declared", "Declared states", "Declared", section_declared, false},
    {"harm", "Harm shown by litmus runs", "Harm", section_harm, false},
    {"oracle", "Write oracle", "Oracle", section_oracle, false},
    {"coverage", "Coverage", "Coverage", section_coverage, false},
    {"whitelist", "Whitelist sizes", "Whitelist sizes", section_whitelist, false},
    {"unknowns", "Unknowns", "Unknowns", section_unknowns, false},
    {"neighbours", "Around each entity", "Around an entity", append_neighbours, true},
    {"transactions", "Transactions", "Transactions", transaction_pages_write, true},
    {"states", "States", "States", state_pages_write, true},
    {"evidence", "Evidence", "Evidence", append_evidence, true},
};
enum { PART_COUNT = sizeof parts / sizeof parts[0] };

static void append_contents(struct text *out) {
    text_append(out, "<nav aria-label=\"contents\"><ul>");
    for (size_t index = 0; index < PART_COUNT; index++) {
        text_append_format(out, "<li><a href=\"#%s\">%s</a></li>", parts[index].id, parts[index].link);
    }
    text_append(out, "</ul></nav>\n");
}

static struct error *append_parts(struct text *out, const struct pages *pages) {
    struct error *error = NULL;
    text_append(out, "<main>\n");
    for (size_t index = 0; index < PART_COUNT && !error; index++) {
        const struct part *part = &parts[index];
        text_append_format(out, "<section id=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">%s</h2>\n", part->id, part->id, part->id, part->title);
        if (part->folded) {
            text_append(out, "<p class=\"about on-paper\">On paper: those that were open on the screen.</p>\n");
        }
        error = part->write(out, pages);
        text_append(out, "</section>\n");
    }
    text_append(out, "</main>\n");
    return error;
}

struct error *report_write(struct store *store, const struct report_options *options, struct text *out, bool *out_complete) {
    struct findings *findings __attribute__((cleanup(scope_findings))) = NULL;
    struct pages *pages __attribute__((cleanup(scope_pages))) = NULL;
    struct entity_pages entities __attribute__((cleanup(entity_pages_deinit))) = {0};
    struct text title __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = findings_load(store, FINDINGS_ALL, &findings);
    if (!error) {
        error = pages_create(store, findings, options->source_root ? options->source_root : findings->source_root, &pages);
    }
    if (!error) {
        error = entity_pages_create(findings, &entities);
    }
    if (error) {
        return error;
    }
    pages->entities = &entities;
    text_append_format(&title, "State spill in %s", *findings->kernel ? findings->kernel : "an unnamed kernel");
    pages->linked = options->linked;
    markup_page_open(out, text_string(&title), options->linked);
    text_append(out, "<a class=\"skip\" href=\"#spills\">Skip to the findings</a>\n<header>\n<h1>");
    escape_html(out, text_string(&title));
    text_append(out, "</h1>\n");
    append_provenance(out, findings);
    append_alarm(out, findings);
    text_append(out, "</header>\n");
    append_contents(out);
    error = append_parts(out, pages);
    if (error) {
        return error;
    }
    markup_page_close(out);
    *out_complete = findings->incomplete_count == 0;
    return out->failed ? error_out_of_memory() : NULL;
}

const char *report_style(void) {
    return asset_style;
}

const char *report_script(void) {
    return asset_script;
}
