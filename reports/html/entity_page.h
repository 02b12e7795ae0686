#ifndef SPILLSCOPE_REPORTS_ENTITY_PAGE_H
#define SPILLSCOPE_REPORTS_ENTITY_PAGE_H
/*
 * What lies one arrow around each entity: its transactions with the entities whose states they change, and the other entities that change states of
 * it. Those with the most spill have a part of the page ("e-" and its number), a drawing and a table each.
 */
#include "html/graph.h"
#include "html/pages.h"

#define ENTITY_PAGE_LIMIT 60

/* One arrow, counted: from a transaction of the entity, or from another entity (txn_id 0). */
struct entity_arrow {
    const char *entity; /* around which it is drawn */
    const char *from, *to;
    int64_t txn_id;
    enum finding_kind kind;
    int64_t states; /* distinct undeclared ones */
};

struct entity_page {
    const char *name;
    size_t first, count; /* its arrows */
    int64_t weight;      /* states of all its arrows */
};

struct entity_pages {
    struct entity_arrow *arrows;
    struct entity_page *items; /* most spill first */
    size_t count, all;         /* in the report, and all */
};

struct error *entity_pages_create(const struct findings *findings, struct entity_pages *out_pages);
void entity_pages_deinit(struct entity_pages *entities);
/* The anchor of an entity's part; "" when it has none. */
void entity_pages_link(const struct entity_pages *entities, const char *name, struct graph_link *out_link);
struct error *entity_pages_write(struct text *out, const struct pages *pages, const struct entity_pages *entities);
#endif
