#include "html/entity_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spillscope/escape.h"
#include "html/markup.h"

#define ROW_LIMIT 40 /* arrows in one table */

static const char title[] =
    "Around one entity: its transactions on the left, the entities whose states they change; solid arrows primary spill, dashed arrows secondary";

/* A counted finding as an arrow of one state. */
struct contribution {
    struct entity_arrow arrow;
    int64_t state_id;
};

static int arrow_compare(const struct entity_arrow *left, const struct entity_arrow *right) {
    int order = strcmp(left->entity, right->entity);
    order = order ? order : (left->txn_id == 0) - (right->txn_id == 0);
    order = order ? order : strcmp(left->from, right->from);
    order = order ? order : (left->txn_id > right->txn_id) - (left->txn_id < right->txn_id);
    order = order ? order : strcmp(left->to, right->to);
    return order ? order : (int)left->kind - (int)right->kind;
}

static int contribution_compare(const void *one, const void *other) {
    const struct contribution *left = one;
    const struct contribution *right = other;
    int order = arrow_compare(&left->arrow, &right->arrow);
    return order ? order : (left->state_id > right->state_id) - (left->state_id < right->state_id);
}

static size_t contributions_collect(const struct findings *findings, struct contribution *out) {
    size_t count = 0;
    for (size_t index = 0; index < findings->count; index++) {
        const struct finding *finding = &findings->items[index];
        const char *holder = *finding->owner ? finding->owner : finding->entity;
        if (!findings_counts(findings, finding)) {
            continue;
        }
        out[count++] = (struct contribution){{finding->entity, finding->transaction, holder, finding->txn_id, finding->kind, 0}, finding->state_id};
        if (strcmp(holder, finding->entity) != 0) {
            out[count++] = (struct contribution){{holder, finding->entity, holder, 0, finding->kind, 0}, finding->state_id};
        }
    }
    return count;
}

static int page_compare(const void *one, const void *other) {
    const struct entity_page *left = one;
    const struct entity_page *right = other;
    int order = (right->weight > left->weight) - (right->weight < left->weight);
    return order ? order : strcmp(left->name, right->name);
}

struct error *entity_pages_create(const struct findings *findings, struct entity_pages *out_pages) {
    struct contribution *contributions SCOPE_FREE = calloc(2 * findings->count + 1, sizeof *contributions);
    struct entity_pages entities = {.arrows = calloc(2 * findings->count + 1, sizeof *entities.arrows),
                                    .items = calloc(2 * findings->count + 1, sizeof *entities.items)};
    if (!contributions || !entities.arrows || !entities.items) {
        entity_pages_deinit(&entities);
        return error_out_of_memory();
    }
    size_t count = contributions_collect(findings, contributions);
    size_t arrows = 0;
    qsort(contributions, count, sizeof *contributions, contribution_compare);
    for (size_t index = 0; index < count; index++) {
        const struct contribution *now = &contributions[index];
        if (!index || arrow_compare(&now->arrow, &now[-1].arrow) != 0) {
            if (!entities.all || strcmp(entities.items[entities.all - 1].name, now->arrow.entity) != 0) {
                entities.items[entities.all++] = (struct entity_page){.name = now->arrow.entity, .first = arrows};
            }
            entities.arrows[arrows++] = now->arrow;
            entities.items[entities.all - 1].count++;
        }
        if (!index || contribution_compare(now, &now[-1]) != 0) {
            entities.arrows[arrows - 1].states++;
            entities.items[entities.all - 1].weight++;
        }
    }
    qsort(entities.items, entities.all, sizeof *entities.items, page_compare);
    entities.count = entities.all < ENTITY_PAGE_LIMIT ? entities.all : ENTITY_PAGE_LIMIT;
    *out_pages = entities;
    return NULL;
}

void entity_pages_deinit(struct entity_pages *entities) {
    free(entities->arrows);
    free(entities->items);
    *entities = (struct entity_pages){0};
}

void entity_pages_link(const struct entity_pages *entities, const char *name, struct graph_link *out_link) {
    out_link->anchor[0] = '\0';
    for (size_t index = 0; index < entities->count; index++) {
        if (strcmp(entities->items[index].name, name) == 0) {
            snprintf(out_link->anchor, sizeof out_link->anchor, "e-%zu", index);
        }
    }
}

/* ----------------------------------------------------------------------------------------------------- drawings */

/* A graph with room for the nodes of `count` arrows, and what its nodes are. */
struct drawing {
    struct graph graph;
    int64_t *txn_ids; /* 0 = an entity */
    struct graph_link *links;
};

static void drawing_deinit(struct drawing *drawing) {
    free(drawing->txn_ids);
    free(drawing->links);
    graph_deinit(&drawing->graph);
}

static size_t drawing_node(struct drawing *drawing, const struct pages *pages, const struct entity_pages *entities, const char *name,
                           int64_t txn_id) {
    struct graph *graph = &drawing->graph;
    size_t index = 0;
    while (index < graph->node_count && (drawing->txn_ids[index] != txn_id || strcmp(graph->nodes[index], name) != 0)) {
        index++;
    }
    if (index == graph->node_count) {
        graph->nodes[graph->node_count++] = name;
        drawing->txn_ids[index] = txn_id;
        if (!txn_id) {
            entity_pages_link(entities, name, &drawing->links[index]);
        } else if (pages_have(&pages->transactions, txn_id)) {
            snprintf(drawing->links[index].anchor, sizeof drawing->links[index].anchor, "t-%lld", (long long)txn_id);
        }
    }
    return index;
}

static struct error *drawing_init(struct drawing *drawing, const struct pages *pages, const struct entity_pages *entities,
                                  const struct entity_page *page) {
    struct graph *graph = &drawing->graph;
    size_t room = 2 * page->count + 1;
    graph->nodes = calloc(room, sizeof *graph->nodes);
    graph->edges = calloc(room, sizeof *graph->edges);
    drawing->txn_ids = calloc(room, sizeof *drawing->txn_ids);
    drawing->links = calloc(room, sizeof *drawing->links);
    if (!graph->nodes || !graph->edges || !drawing->txn_ids || !drawing->links) {
        return error_out_of_memory();
    }
    graph->title = title;
    graph->links = drawing->links;
    for (size_t index = page->first; index < page->first + page->count; index++) {
        const struct entity_arrow *arrow = &entities->arrows[index];
        size_t from = drawing_node(drawing, pages, entities, arrow->from, arrow->txn_id);
        size_t to = drawing_node(drawing, pages, entities, arrow->to, 0);
        graph->edges[graph->edge_count++] = (struct graph_edge){.from = from, .to = to, .kind = arrow->kind, .states = arrow->states};
    }
    return NULL;
}

static void append_arrows(struct text *out, const struct pages *pages, const struct entity_pages *entities, const struct entity_page *page) {
    markup_region(out, "arrows around ", page->name);
    text_append(out, "<table class=\"arrows\"><thead><tr><th scope=\"col\">from</th><th scope=\"col\">into</th><th scope=\"col\">kind</th>"
                     "<th scope=\"col\" class=\"number\">states</th></tr></thead><tbody>\n");
    for (size_t index = page->first; index < page->first + page->count && index < page->first + ROW_LIMIT; index++) {
        const struct entity_arrow *arrow = &entities->arrows[index];
        text_append(out, "<tr><td>");
        if (arrow->txn_id) {
            pages_link(out, &pages->transactions, 't', arrow->txn_id, arrow->from);
        } else {
            escape_html(out, arrow->from);
        }
        text_append(out, "</td>");
        markup_cell(out, arrow->to);
        text_append_format(out, "<td><span class=\"tag %s\">%s</span></td>", finding_kind_name(arrow->kind), finding_kind_name(arrow->kind));
        markup_number(out, arrow->states);
        text_append(out, "</tr>\n");
    }
    text_append(out, "</tbody></table></div>\n");
    if (page->count > ROW_LIMIT) {
        text_append_format(out, "<p class=\"notice\">%zu more arrows: the query below has all.</p>\n", page->count - ROW_LIMIT);
    }
}

static struct error *append_pages(struct text *out, const struct pages *pages, const struct entity_pages *entities, struct drawing *drawings,
                                  struct graph *graphs) {
    char **drawn = NULL;
    struct error *error = NULL;
    for (size_t index = 0; index < entities->count && !error; index++) {
        error = drawing_init(&drawings[index], pages, entities, &entities->items[index]);
        graphs[index] = drawings[index].graph;
    }
    if (!error) {
        error = graph_draw_all(graphs, entities->count, "around", &drawn);
    }
    for (size_t index = 0; index < entities->count && !error; index++) {
        const struct entity_page *page = &entities->items[index];
        text_append_format(out, "<details class=\"page\" id=\"e-%zu\"><summary>", index);
        escape_html(out, page->name);
        text_append_format(out, " <span class=\"dim\">%zu arrow%s</span></summary>\n", page->count, page->count == 1 ? "" : "s");
        if (*drawn[index]) {
            markup_region(out, "drawing around ", page->name);
            text_append(out, drawn[index]);
            text_append(out, "</div>\n");
        }
        append_arrows(out, pages, entities, page);
        text_append(out, "</details>\n");
    }
    for (size_t index = 0; drawn && index < entities->count; index++) {
        free(drawn[index]);
    }
    free((void *)drawn);
    return error;
}

struct error *entity_pages_write(struct text *out, const struct pages *pages, const struct entity_pages *entities) {
    if (!entities->count) {
        text_append(out, "<p>No spill to draw.</p>\n");
        return NULL;
    }
    struct drawing *drawings = calloc(entities->count + 1, sizeof *drawings);
    struct graph *graphs SCOPE_FREE = calloc(entities->count + 1, sizeof *graphs);
    text_append(out,
                "<p class=\"about\">One arrow around each entity: which of its transactions change whose states, and which other entities change "
                "states of it. Most spill first. Numbers count distinct undeclared states.</p>\n");
    struct error *error = drawings && graphs ? append_pages(out, pages, entities, drawings, graphs) : error_out_of_memory();
    for (size_t index = 0; drawings && index < entities->count; index++) {
        drawing_deinit(&drawings[index]);
    }
    free(drawings);
    if (entities->count < entities->all) {
        text_append_format(out, "<p class=\"notice\">The %zu of %zu entities with the most spill have a part here.</p>\n", entities->count,
                           entities->all);
    }
    markup_query(out,
                 "SELECT entity, transaction_name, holder, kind, count(DISTINCT state_id) FROM v_undeclared GROUP BY entity, txn_id, holder, kind;\n"
                 "SELECT holder, entity, kind, count(DISTINCT state_id) FROM v_undeclared WHERE entity <> holder GROUP BY holder, entity, kind; -- "
                 "from other entities");
    return error;
}
