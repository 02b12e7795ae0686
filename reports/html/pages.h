#ifndef SPILLSCOPE_REPORTS_PAGES_H
#define SPILLSCOPE_REPORTS_PAGES_H
/*
 * What the parts of the report about single transactions, states and findings share, and which transactions and states have a part ("page") of their
 * own. A page is a closed <details> with an anchor: "t-" and the transaction's id, "s-" and the state's id. Those with most undeclared spill come
 * first; what a page, or the report, has no room for is counted in it, and `spillscope explain` tells it.
 */
#include "findings/clients.h"
#include "findings/first_changes.h"
#include "findings/state_readers.h"
#include "html/source.h"
#include "spillscope/findings.h"

#define PAGE_LIMIT 200     /* transactions, and states, with a page */
#define PAGE_ROWS 2000     /* rows in all tables of one kind of page together; what is short is shared out evenly */
#define PAGE_ROWS_LEAST 5  /* that one page may have, however many pages there are */
#define PAGE_ROWS_MOST 200 /* in one page */
#define PAGE_READERS 12    /* functions that read a state, named one by one */

/* A transaction, or a state, with its findings: indices into an array of pages. */
struct page {
    int64_t id;          /* txn_id or state_id */
    size_t first, count; /* its findings: members[first], ... */
    size_t others;       /* states of a transaction's findings, transactions of a state's; one that is spilled in two ways is one */
    size_t seen;         /* of these: observed */
    size_t counted;      /* of these: undeclared spill, as totals count it */
    const char *name;    /* by which equals are ordered */
};

struct page_list {
    struct page *items;             /* most undeclared spill first */
    size_t count;                   /* pages in the report */
    size_t all;                     /* transactions or states there are */
    size_t rows;                    /* rows that one page may have */
    const struct finding **members; /* by page; in each undeclared spill first */
    int64_t *ids;                   /* of the pages in the report, sorted */
};

struct entity_pages;

struct pages {
    struct store *store;
    struct findings *findings;
    struct first_changes changes;
    struct state_readers readers;
    struct clients transaction_clients, state_clients;
    struct source_cache *sources;
    const char *linked;                  /* base name of style sheet and script beside the page; NULL: they stand in it */
    const struct entity_pages *entities; /* borrowed */
    struct page_list transactions, states;
    size_t *order; /* of the table of findings: indices into findings->items */
};

/* `root` is where the source lies, or NULL. */
struct error *pages_create(struct store *store, struct findings *findings, const char *root, struct pages **out_pages);
void pages_destroy(struct pages *pages);
SCOPE_DEFINE(pages, struct pages *, pages_destroy)

bool pages_have(const struct page_list *list, int64_t id);
/* <code>name</code>, as a link to the page where there is one; `letter` is 't' or 's'. */
void pages_link(struct text *out, const struct page_list *list, char letter, int64_t id, const char *name);
void pages_certainty(struct text *out, const struct finding *finding); /* <td>observed<br>soft</td>: how sure, and what it is declared */
/* "instance effect: old → new" of the first change, escaped; nothing when there was none. */
void pages_change(struct text *out, const struct finding_example *example);

struct error *transaction_pages_write(struct text *out, const struct pages *pages);
struct error *state_pages_write(struct text *out, const struct pages *pages);
#endif
