#include "html/pages.h"

#include <stdlib.h>
#include <string.h>

#include "spillscope/escape.h"
#include "html/spill_table.h"

static int id_compare(const void *one, const void *other) {
    int64_t left = *(const int64_t *)one;
    int64_t right = *(const int64_t *)other;
    return (left > right) - (left < right);
}

static int page_compare(const void *one, const void *other) {
    const struct page *left = one;
    const struct page *right = other;
    int order = (right->counted > left->counted) - (right->counted < left->counted);
    order = order ? order : strcmp(left->name, right->name);
    return order ? order : (left->id > right->id) - (left->id < right->id);
}

/* A finding on its way to the page it belongs to. */
struct member {
    const struct finding *finding;
    int64_t id;
    int class;
};

static int member_compare(const void *one, const void *other) {
    const struct member *left = one;
    const struct member *right = other;
    int order = (left->id > right->id) - (left->id < right->id);
    order = order ? order : left->class - right->class;
    return order ? order : (left->finding > right->finding) - (left->finding < right->finding);
}

static size_t member_first(const struct member *members, size_t count, int64_t id) {
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (members[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Which findings of a page are asked about. */
typedef bool (*finding_test)(const struct findings *findings, const struct finding *finding);

static bool any(const struct findings *findings, const struct finding *finding) {
    (void)findings;
    (void)finding;
    return true;
}

static bool was_observed(const struct findings *findings, const struct finding *finding) {
    (void)findings;
    return finding->certainty == FINDING_OBSERVED;
}

/* Distinct states (of_states: transactions) of the findings [0, count) that pass. `ids`: room for as many. */
static size_t count_others(const struct findings *findings, const struct member *members, size_t count, bool of_states, finding_test passes,
                           int64_t *ids) {
    size_t passed = 0;
    for (size_t index = 0; index < count; index++) {
        if (passes(findings, members[index].finding)) {
            ids[passed++] = of_states ? members[index].finding->txn_id : members[index].finding->state_id;
        }
    }
    qsort(ids, passed, sizeof *ids, id_compare);
    size_t others = 0;
    for (size_t index = 0; index < passed; index++) {
        others += !index || ids[index] != ids[index - 1];
    }
    return others;
}

static size_t rows_sum(const struct page_list *list) {
    size_t sum = 0;
    for (size_t index = 0; index < list->count; index++) {
        sum += list->items[index].count < list->rows ? list->items[index].count : list->rows;
    }
    return sum;
}

/* Keeps the pages that the report has room for. */
static struct error *pages_cut(struct page_list *list) {
    qsort(list->items, list->count, sizeof *list->items, page_compare);
    list->all = list->count;
    list->count = list->count < PAGE_LIMIT ? list->count : PAGE_LIMIT;
    for (list->rows = PAGE_ROWS_MOST; list->rows > PAGE_ROWS_LEAST && rows_sum(list) > PAGE_ROWS; list->rows--) {
    }
    list->ids = calloc(list->count + 1, sizeof *list->ids);
    if (!list->ids) {
        return error_out_of_memory();
    }
    for (size_t index = 0; index < list->count; index++) {
        list->ids[index] = list->items[index].id;
    }
    qsort(list->ids, list->count, sizeof *list->ids, id_compare);
    return NULL;
}

/* Transactions have a page each, with findings or not; states only where there is a finding. */
static struct error *pages_select(const struct findings *findings, bool of_states, struct page_list *list) {
    struct member *members SCOPE_FREE = calloc(findings->count + 1, sizeof *members);
    int64_t *ids SCOPE_FREE = calloc(findings->count + 1, sizeof *ids);
    list->members = calloc(findings->count + 1, sizeof *list->members);
    list->items = calloc((of_states ? findings->count : findings->transaction_count) + 1, sizeof *list->items);
    if (!members || !ids || !list->members || !list->items) {
        return error_out_of_memory();
    }
    for (size_t index = 0; index < findings->count; index++) {
        const struct finding *finding = &findings->items[index];
        members[index] = (struct member){finding, of_states ? finding->state_id : finding->txn_id, spill_table_class(findings, finding)};
    }
    qsort(members, findings->count, sizeof *members, member_compare);
    for (size_t index = 0; index < findings->count; index++) {
        list->members[index] = members[index].finding;
        if (of_states && (!index || members[index].id != members[index - 1].id)) {
            list->items[list->count++] = (struct page){.id = members[index].id, .name = members[index].finding->key};
        }
    }
    for (size_t index = 0; !of_states && index < findings->transaction_count; index++) {
        list->items[list->count++] = (struct page){.id = findings->transactions[index].txn_id, .name = findings->transactions[index].name};
    }
    for (size_t index = 0; index < list->count; index++) {
        struct page *page = &list->items[index];
        page->first = member_first(members, findings->count, page->id);
        for (size_t at = page->first; at < findings->count && members[at].id == page->id; at++) {
            page->count++;
        }
        page->others = count_others(findings, members + page->first, page->count, of_states, any, ids);
        page->seen = count_others(findings, members + page->first, page->count, of_states, was_observed, ids);
        page->counted = count_others(findings, members + page->first, page->count, of_states, findings_counts, ids);
    }
    return pages_cut(list);
}

struct error *pages_create(struct store *store, struct findings *findings, const char *root, struct pages **out_pages) {
    struct pages *pages = calloc(1, sizeof *pages);
    if (!pages) {
        return error_out_of_memory();
    }
    pages->store = store;
    pages->findings = findings;
    struct error *error = source_cache_create(root, &pages->sources);
    if (!error && findings->has_probe) {
        error = first_changes_load(store, findings->pool, &pages->changes);
    }
    if (!error && findings->has_probe) {
        error =
            clients_load(store, findings->pool, "SELECT txn_id, client, observed FROM v_transaction_client ORDER BY txn_id, observed DESC, client",
                         &pages->transaction_clients);
    }
    if (!error && findings->has_probe) {
        error = clients_load(store, findings->pool, "SELECT state_id, client, observed FROM v_state_client ORDER BY state_id, observed DESC, client",
                             &pages->state_clients);
    }
    if (!error) {
        error = state_readers_load(store, findings->pool, &pages->readers);
    }
    if (!error) {
        error = spill_table_order(findings, &pages->order);
    }
    if (!error) {
        error = pages_select(findings, false, &pages->transactions);
    }
    if (!error) {
        error = pages_select(findings, true, &pages->states);
    }
    if (error) {
        pages_destroy(pages);
        return error;
    }
    *out_pages = pages;
    return NULL;
}

static void page_list_deinit(struct page_list *list) {
    free(list->items);
    free((void *)list->members);
    free(list->ids);
}

void pages_destroy(struct pages *pages) {
    if (pages) {
        page_list_deinit(&pages->transactions);
        page_list_deinit(&pages->states);
        clients_deinit(&pages->transaction_clients);
        clients_deinit(&pages->state_clients);
        state_readers_deinit(&pages->readers);
        first_changes_deinit(&pages->changes);
        source_cache_destroy(pages->sources);
        free(pages->order);
        free(pages);
    }
}

bool pages_have(const struct page_list *list, int64_t id) {
    return bsearch(&id, list->ids, list->count, sizeof id, id_compare) != NULL;
}

void pages_link(struct text *out, const struct page_list *list, char letter, int64_t id, const char *name) {
    bool linked = pages_have(list, id);
    if (linked) {
        text_append_format(out, "<a href=\"#%c-%lld\">", letter, (long long)id);
    }
    text_append(out, "<code>");
    escape_html(out, name);
    text_append(out, linked ? "</code></a>" : "</code>");
}

void pages_certainty(struct text *out, const struct finding *finding) {
    text_append_format(out, "<td>%s", finding->shared ? "shared" : finding_certainty_name(finding->certainty));
    text_append_format(out, *finding->declared ? ", %s</td>" : "</td>", finding->declared);
}

void pages_change(struct text *out, const struct finding_example *example) {
    if (!example) {
        return;
    }
    text_append(out, "<code>");
    escape_html(out, example->instance);
    text_append(out, "</code> ");
    escape_html(out, example->effect);
    if (*example->old_value || *example->new_value) {
        text_append(out, ": <code>");
        escape_html(out, example->old_value);
        text_append(out, "</code> → <code>");
        escape_html(out, example->new_value);
        text_append(out, "</code>");
    }
}
