#include <stdlib.h>

#include "findings/wording.h"
#include "spillscope/escape.h"
#include "html/markup.h"
#include "html/pages.h"

/* What the store knows of a state beyond what findings carry. The declarations are a query of their own: joined, v_declared would be worked out as a
   whole for each state. */
static const char place_sql[] = "SELECT coalesce(s.file, ''), coalesce(s.line, 0), coalesce(e.name, '') FROM state s LEFT JOIN entity e ON e.id = "
                                "s.entity_id WHERE s.id = ?";
static const char declared_sql[] =
    "SELECT d.kind, d.reason, vd.declaration_id IS NULL FROM v_declared vd JOIN declaration d ON d.id = vd.claimed_id WHERE "
    "vd.state_id = ?";
static const char owner_sql[] = "SELECT d.value, d.reason FROM declaration d JOIN state s ON s.id = ? WHERE d.kind = 'owner' AND s.key GLOB "
                                "replace(d.pattern, '[]', '[[]]') ORDER BY length(d.pattern) DESC, d.id LIMIT 1";

struct state_queries {
    struct query *place, *declared, *owner;
};

static void state_queries_deinit(struct state_queries *queries) {
    query_destroy(queries->place);
    query_destroy(queries->declared);
    query_destroy(queries->owner);
}

static void append_summary(struct text *out, const struct pages *pages, const struct page *page) {
    const struct finding *const *members = pages->states.members + page->first;
    text_append_format(out, "<details class=\"page\" id=\"s-%lld\"><summary><code>", (long long)page->id);
    escape_html(out, page->name);
    text_append(out, "</code> <span class=\"dim\">");
    escape_html(out, members[0]->owner);
    text_append_format(out, "</span> %zu transaction%s may change it", page->others, page->others == 1 ? "" : "s");
    if (pages->findings->has_probe) {
        text_append_format(out, ", %zu seen", page->seen);
    }
    if (*members[0]->declared) {
        text_append_format(out, " <span class=\"tag\">%s</span>", members[0]->declared);
    }
    text_append(out, "</summary>\n");
}

/* Each pattern once, with the first evidence that a finding of this state gives for it. */
static void append_patterns(struct text *out, const struct finding *const *members, size_t count) {
    struct finding all = {0};
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    for (int pattern = 0; pattern < PATTERN_COUNT; pattern++) {
        for (size_t index = 0; index < count; index++) {
            if (members[index]->patterns >> pattern & 1) {
                markup_fact(out, pattern_name((enum finding_pattern)pattern), members[index]->evidence[pattern]);
                break;
            }
        }
    }
    for (size_t index = 0; index < count; index++) {
        all.goals |= members[index]->goals;
    }
    wording_goals(&words, all.goals);
    markup_fact(out, "in the way of", text_string(&words));
}

static struct error *append_declared(struct text *out, const struct state_queries *queries, int64_t state_id) {
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    bool row = false;
    query_bind_int(queries->declared, 1, state_id);
    struct error *error = query_step(queries->declared, &row);
    if (!error && row) {
        text_append_format(&words, "%s: %s%s", query_text(queries->declared, 0), query_text(queries->declared, 1),
                           query_int(queries->declared, 2) ? " (does not count: no litmus has shown, in every workload, that a reset harms nobody)"
                                                           : "");
        markup_fact(out, "declared", text_string(&words));
    }
    if (!error) {
        query_bind_int(queries->owner, 1, state_id);
        error = query_step(queries->owner, &row);
    }
    if (!error && row) {
        text_clear(&words);
        text_append_format(&words, "%s: %s", query_text(queries->owner, 0), query_text(queries->owner, 1));
        markup_fact(out, "owner by manifest", text_string(&words));
    }
    return error;
}

static struct error *append_facts(struct text *out, const struct pages *pages, const struct page *page, const struct state_queries *queries) {
    const struct query *query = queries->place;
    const struct finding *const *members = pages->states.members + page->first;
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    text_append(out, "<dl class=\"facts\">");
    markup_fact(out, "held by", members[0]->owner);
    markup_fact(out, "entity that defines it", query_text(query, 2));
    markup_fact(out, "type", members[0]->type);
    wording_size(&words, members[0]);
    markup_fact(out, "size", text_string(&words));
    if (*query_text(query, 0)) {
        text_clear(&words);
        text_append_format(&words, "%s:%lld", query_text(query, 0), (long long)query_int(query, 1));
        markup_fact(out, "defined", text_string(&words));
    }
    text_clear(&words);
    state_readers_words(&words, &pages->readers, page->id, PAGE_READERS);
    markup_fact(out, "read by", text_string(&words));
    struct error *error = append_declared(out, queries, page->id);
    const struct client_group *clients = clients_find(&pages->state_clients, page->id);
    if (clients) {
        text_clear(&words);
        clients_words(&words, clients);
        markup_fact(out, "changed for clients", text_string(&words));
    }
    append_patterns(out, members, page->count);
    text_append(out, "</dl>\n");
    source_write(pages->sources, query_text(query, 0), query_int(query, 1), out);
    return error;
}

static void append_row(struct text *out, const struct pages *pages, const struct finding *finding) {
    struct text place __attribute__((cleanup(text_deinit))) = {0};
    text_append(out, "<tr><td>");
    pages_link(out, &pages->transactions, 't', finding->txn_id, finding->transaction);
    text_append(out, "</td>");
    markup_cell(out, finding->entity);
    text_append_format(out, "<td><span class=\"tag %s\">%s</span></td>", finding_kind_name(finding->kind), finding_kind_name(finding->kind));
    pages_certainty(out, finding);
    text_append(out, "<td><code>");
    escape_html(out, finding->function);
    text_append(out, "</code> <span class=\"dim\">");
    text_append_format(&place, "%s:%lld", finding->file, (long long)finding->line);
    escape_html(out, *finding->file ? text_string(&place) : "");
    text_append(out, "</span></td>");
    if (pages->findings->has_probe) {
        text_append_format(out, "<td class=\"number\">%lld of %lld</td><td>", (long long)finding->observed, (long long)finding->txn_observed);
        pages_change(out, first_changes_find(&pages->changes, finding));
        text_append(out, "</td>");
        markup_cell(out, finding->harm);
    }
    markup_fingerprint_cell(out, finding->fingerprint);
    text_append(out, "</tr>\n");
}

static void append_table(struct text *out, const struct pages *pages, const struct page *page) {
    size_t rows = page->count < pages->states.rows ? page->count : pages->states.rows;
    markup_region(out, "writers of ", page->name);
    text_append(out, "<table><thead><tr><th scope=\"col\">written by</th>"
                     "<th scope=\"col\">entity</th><th scope=\"col\">kind</th><th scope=\"col\">certainty</th><th scope=\"col\">stored in</th>");
    text_append(out, pages->findings->has_probe
                         ? "<th scope=\"col\" class=\"number\">seen</th><th scope=\"col\">first change</th><th scope=\"col\">harm</th>"
                         : "");
    text_append(out, "<th scope=\"col\">call chain</th></tr></thead><tbody>\n");
    for (size_t index = 0; index < rows; index++) {
        append_row(out, pages, pages->states.members[page->first + index]);
    }
    text_append(out, "</tbody></table></div>\n");
    if (rows < page->count) {
        text_append_format(out, "<p class=\"notice\">%zu more findings: the table of all findings has them.</p>\n", page->count - rows);
    }
}

struct error *state_pages_write(struct text *out, const struct pages *pages) {
    struct state_queries queries __attribute__((cleanup(state_queries_deinit))) = {0};
    struct error *error = store_prepare(pages->store, place_sql, &queries.place);
    if (!error) {
        error = store_prepare(pages->store, declared_sql, &queries.declared);
    }
    if (!error) {
        error = store_prepare(pages->store, owner_sql, &queries.owner);
    }
    text_append(
        out,
        "<p class=\"about\">Who may write each state, through which function, with what values, and which functions may read it. A load through a "
        "pointer that may lead nearly anywhere counts for no reader. What a change does to those who read shows under harm, where "
        "litmus runs altered the state.</p>\n");
    for (size_t index = 0; index < pages->states.count && !error; index++) {
        const struct page *page = &pages->states.items[index];
        bool row = false;
        append_summary(out, pages, page);
        query_bind_int(queries.place, 1, page->id);
        error = query_step(queries.place, &row);
        if (!error && row) {
            error = append_facts(out, pages, page, &queries);
            append_table(out, pages, page);
        }
        text_append(out, "</details>\n");
    }
    if (!pages->states.count) {
        text_append(out, "<p>None: no transaction may change a state that its client does not own.</p>\n");
    }
    if (pages->states.count < pages->states.all) {
        text_append_format(
            out, "<p class=\"notice\">The %zu of %zu states with the most undeclared spill have a part here; the table of findings holds all.</p>\n",
            pages->states.count, pages->states.all);
    }
    markup_query(out,
                 "SELECT * FROM v_writer WHERE state_id = 1; -- s-1: who may write it\nSELECT * FROM v_reader WHERE state_id = 1; -- who may read "
                 "it\nSELECT * FROM v_spill WHERE state_id = 1; -- seen\n"
                 "SELECT * FROM v_first_change WHERE state_id = 1; -- values before and after\nSELECT * FROM v_state_client WHERE state_id = 1;\n"
                 "SELECT * FROM v_state_use WHERE state_id = 1; -- size, and what patterns count\n"
                 "SELECT * FROM v_declared WHERE state_id = 1;");
    return error;
}
