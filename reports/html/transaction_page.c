#include <stdlib.h>

#include "findings/wording.h"
#include "spillscope/escape.h"
#include "html/markup.h"
#include "html/pages.h"

#define UNKNOWN_LIMIT 8

/* What the store knows of a transaction beyond what findings carry; one row each. */
static const char txn_sql[] = "SELECT t.found_by, coalesce(c.name, ''), coalesce((SELECT group_concat(name, ', ') FROM (SELECT name FROM txn_alias "
                              "WHERE txn_id = t.id ORDER BY "
                              "name)), '') FROM txn t LEFT JOIN txn c ON c.id = t.caused_by WHERE t.id = ?";
static const char unknown_sql[] = "SELECT cause, detail, function, file, line, count(*) OVER () FROM v_unknown WHERE txn_id = ? "
                                  "ORDER BY cause, detail, file, line, function LIMIT ?";

static void append_summary(struct text *out, const struct page *page, const struct finding_transaction *transaction, bool has_probe) {
    text_append_format(out, "<details class=\"page\" id=\"t-%lld\"><summary><code>", (long long)page->id);
    escape_html(out, transaction->name);
    text_append(out, "</code> <span class=\"dim\">");
    escape_html(out, transaction->entity);
    text_append_format(out, "</span> %zu undeclared state%s", page->counted, page->counted == 1 ? "" : "s");
    if (has_probe && !transaction->observed) {
        text_append(out, " <span class=\"tag never\">never entered</span>");
    }
    text_append(out, "</summary>\n");
}

static void append_facts(struct text *out, const struct pages *pages, const struct finding_transaction *transaction, const struct query *query) {
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    text_append(out, "<dl class=\"facts\">");
    markup_fact(out, "entity", transaction->entity);
    if (*transaction->file) {
        text_append_format(&words, "%s:%lld", transaction->file, (long long)transaction->line);
        markup_fact(out, "entry", text_string(&words));
    }
    markup_fact(out, "also called", query_text(query, 2));
    markup_fact(out, "found by", query_text(query, 0));
    markup_fact(out, "queued by", query_text(query, 1));
    if (pages->findings->has_probe && !transaction->observed) {
        markup_fact(out, "observed", "never: no run entered it, so nothing below was seen");
    } else if (pages->findings->has_probe) {
        text_clear(&words);
        text_append_format(&words, "%lld times, %lld to the end, %lld with an error, %lld overlapped by another", (long long)transaction->observed,
                           (long long)transaction->complete, (long long)transaction->failed, (long long)transaction->overlapped);
        markup_fact(out, "observed", text_string(&words));
    }
    const struct client_group *clients = clients_find(&pages->transaction_clients, transaction->txn_id);
    if (clients) {
        text_clear(&words);
        clients_words(&words, clients);
        markup_fact(out, "clients", text_string(&words));
    }
    text_clear(&words);
    text_append_format(&words, "%lld states, %lld leaves, %lld only by an unknown", (long long)transaction->states, (long long)transaction->leaves,
                       (long long)transaction->by_unknown);
    markup_fact(out, "whitelist", text_string(&words));
    text_append(out, "</dl>\n");
    source_write(pages->sources, transaction->file, transaction->line, out);
}

static void append_row(struct text *out, const struct pages *pages, const struct finding *finding) {
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    text_append(out, "<tr><td>");
    pages_link(out, &pages->states, 's', finding->state_id, finding->key);
    text_append(out, "</td>");
    markup_cell(out, finding->owner);
    text_append_format(out, "<td><span class=\"tag %s\">%s</span></td>", finding_kind_name(finding->kind), finding_kind_name(finding->kind));
    pages_certainty(out, finding);
    if (pages->findings->has_probe) {
        markup_number(out, finding->observed);
        text_append(out, "<td>");
        pages_change(out, first_changes_find(&pages->changes, finding));
        text_append(out, "</td>");
    }
    wording_patterns(&words, finding);
    markup_cell(out, text_string(&words));
    markup_fingerprint_cell(out, finding->fingerprint);
    text_append(out, "</tr>\n");
}

static void append_table(struct text *out, const struct pages *pages, const struct page *page) {
    size_t rows = page->count < pages->transactions.rows ? page->count : pages->transactions.rows;
    if (!page->count) {
        text_append(out, "<p>Changes no state that it does not own.</p>\n");
        return;
    }
    markup_region(out, "states that may be changed by ", page->name);
    text_append(out, "<table><thead><tr><th scope=\"col\">state</th>"
                     "<th scope=\"col\">held by</th><th scope=\"col\">kind</th><th scope=\"col\">certainty</th>");
    text_append(out, pages->findings->has_probe ? "<th scope=\"col\" class=\"number\">seen</th><th scope=\"col\">first change</th>" : "");
    text_append(out, "<th scope=\"col\">patterns</th><th scope=\"col\">call chain</th></tr></thead><tbody>\n");
    for (size_t index = 0; index < rows; index++) {
        append_row(out, pages, pages->transactions.members[page->first + index]);
    }
    text_append(out, "</tbody></table></div>\n");
    if (rows < page->count) {
        text_append_format(out, "<p class=\"notice\">%zu more findings: the table of all findings has them.</p>\n", page->count - rows);
    }
}

static struct error *append_unknowns(struct text *out, struct query *query, int64_t txn_id) {
    bool row = false;
    int64_t count = 0;
    int64_t all = 0;
    struct error *error = NULL;
    query_bind_int(query, 1, txn_id);
    query_bind_int(query, 2, UNKNOWN_LIMIT);
    while (!(error = query_step(query, &row)) && row) {
        text_append(out, count++ ? "</li>\n<li>" : "<h3>What the analysis could not see through</h3>\n<ul>\n<li>");
        all = query_int(query, 5);
        escape_html(out, query_text(query, 0));
        text_append(out, " <code>");
        escape_html(out, query_text(query, 1));
        text_append(out, "</code> in <code>");
        escape_html(out, query_text(query, 2));
        text_append(out, "</code> <span class=\"dim\">");
        escape_html(out, query_text(query, 3));
        text_append_format(out, ":%lld</span>", (long long)query_int(query, 4));
    }
    if (count < all) {
        text_append_format(out, "</li>\n<li>and %lld more", (long long)(all - count));
    }
    text_append(out, count ? "</li>\n</ul>\n" : "");
    return error;
}

struct error *transaction_pages_write(struct text *out, const struct pages *pages) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct query *unknowns __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(pages->store, txn_sql, &query);
    if (!error) {
        error = store_prepare(pages->store, unknown_sql, &unknowns);
    }
    for (size_t index = 0; index < pages->transactions.count && !error; index++) {
        const struct page *page = &pages->transactions.items[index];
        const struct finding_transaction *transaction = &pages->findings->transactions[findings_transaction(pages->findings, page->id)];
        bool row = false;
        append_summary(out, page, transaction, pages->findings->has_probe);
        query_bind_int(query, 1, page->id);
        error = query_step(query, &row);
        if (!error) {
            append_facts(out, pages, transaction, query);
            append_table(out, pages, page);
            error = append_unknowns(out, unknowns, page->id);
        }
        text_append(out, "</details>\n");
    }
    if (pages->transactions.count < pages->transactions.all) {
        text_append_format(out,
                           "<p class=\"notice\">The %zu of %zu transactions with the most undeclared spill have a part here; the table of findings "
                           "holds all.</p>\n",
                           pages->transactions.count, pages->transactions.all);
    }
    markup_query(
        out, "SELECT * FROM v_spill WHERE txn_id = 1; -- t-1: seen\nSELECT * FROM v_first_change WHERE txn_id = 1; -- values before and after\n"
             "SELECT * FROM v_whitelist WHERE txn_id = 1 AND phase = 'runtime'; -- possible\nSELECT * FROM v_transaction_client WHERE txn_id = 1;\n"
             "SELECT * FROM v_coverage WHERE txn_id = 1;\nSELECT * FROM v_whitelist_size WHERE txn_id = 1;");
    return error;
}
