#include "html/graph.h"

#include <stdlib.h>
#include <string.h>

static int name_compare(const void *one, const void *other) {
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static void names_unique(const char **names, size_t *count) {
    qsort((void *)names, *count, sizeof *names, name_compare);
    size_t kept = 0;
    for (size_t index = 0; index < *count; index++) {
        if (!kept || strcmp(names[index], names[kept - 1]) != 0) {
            names[kept++] = names[index];
        }
    }
    *count = kept;
}

static size_t graph_node(const struct graph *graph, const char *name) {
    const char **found = bsearch(&name, graph->nodes, graph->node_count, sizeof *graph->nodes, name_compare);
    return found ? (size_t)(found - graph->nodes) : graph->node_count;
}

static const char *finding_holder(const struct finding *finding) {
    return *finding->owner ? finding->owner : finding->entity;
}

static const char *finding_source(const struct finding *finding) {
    return finding->kind == FINDING_PRIMARY ? GRAPH_CLIENTS : finding->entity;
}

/* One counted finding as an edge of one state. */
struct contribution {
    size_t from, to;
    enum finding_kind kind;
    int64_t state_id;
};

static int contribution_compare(const void *one, const void *other) {
    const struct contribution *left = one;
    const struct contribution *right = other;
    int order = (left->from > right->from) - (left->from < right->from);
    order = order ? order : (left->to > right->to) - (left->to < right->to);
    order = order ? order : (int)left->kind - (int)right->kind;
    return order ? order : (left->state_id > right->state_id) - (left->state_id < right->state_id);
}

static bool contribution_same_edge(const struct contribution *one, const struct contribution *other) {
    return one->from == other->from && one->to == other->to && one->kind == other->kind;
}

struct error *graph_from_findings(const struct findings *findings, struct graph *out_graph) {
    struct graph graph = {.nodes = calloc(2 * findings->count + 1, sizeof *graph.nodes), .edges = calloc(findings->count + 1, sizeof *graph.edges)};
    struct contribution *contributions SCOPE_FREE = calloc(findings->count + 1, sizeof *contributions);
    size_t count = 0;
    if (!graph.nodes || !graph.edges || !contributions) {
        graph_deinit(&graph);
        return error_out_of_memory();
    }
    for (size_t index = 0; index < findings->count; index++) {
        if (findings_counts(findings, &findings->items[index])) {
            graph.nodes[graph.node_count++] = finding_source(&findings->items[index]);
            graph.nodes[graph.node_count++] = finding_holder(&findings->items[index]);
        }
    }
    names_unique(graph.nodes, &graph.node_count);
    for (size_t index = 0; index < findings->count; index++) {
        const struct finding *finding = &findings->items[index];
        if (findings_counts(findings, finding)) {
            contributions[count++] = (struct contribution){graph_node(&graph, finding_source(finding)), graph_node(&graph, finding_holder(finding)),
                                                           finding->kind, finding->state_id};
        }
    }
    qsort(contributions, count, sizeof *contributions, contribution_compare);
    for (size_t index = 0; index < count; index++) {
        const struct contribution *now = &contributions[index];
        if (!index || !contribution_same_edge(now, now - 1)) {
            graph.edges[graph.edge_count++] = (struct graph_edge){.from = now->from, .to = now->to, .kind = now->kind};
        }
        bool seen = index && contribution_compare(now, now - 1) == 0;
        graph.edges[graph.edge_count - 1].states += !seen;
    }
    *out_graph = graph;
    return NULL;
}

static struct graph_edge *graph_find(struct graph *graph, size_t from, size_t to, enum finding_kind kind) {
    for (size_t index = 0; index < graph->edge_count; index++) {
        if (graph->edges[index].from == from && graph->edges[index].to == to && graph->edges[index].kind == kind) {
            return &graph->edges[index];
        }
    }
    return NULL;
}

static int edge_compare(const void *one, const void *other) {
    const struct graph_edge *left = one;
    const struct graph_edge *right = other;
    int order = (left->from > right->from) - (left->from < right->from);
    order = order ? order : (left->to > right->to) - (left->to < right->to);
    return order ? order : (int)left->kind - (int)right->kind;
}

struct error *graph_compare(const struct graph *before, const struct graph *after, struct graph *out_graph) {
    size_t node_room = before->node_count + after->node_count + 1;
    size_t edge_room = before->edge_count + after->edge_count + 1;
    struct graph graph = {.nodes = calloc(node_room, sizeof *graph.nodes), .edges = calloc(edge_room, sizeof *graph.edges), .compared = true};
    if (!graph.nodes || !graph.edges) {
        graph_deinit(&graph);
        return error_out_of_memory();
    }
    for (size_t index = 0; index < before->node_count + after->node_count; index++) {
        graph.nodes[graph.node_count++] = index < before->node_count ? before->nodes[index] : after->nodes[index - before->node_count];
    }
    names_unique(graph.nodes, &graph.node_count);
    for (size_t index = 0; index < before->edge_count; index++) {
        const struct graph_edge *edge = &before->edges[index];
        graph.edges[graph.edge_count++] = (struct graph_edge){.from = graph_node(&graph, before->nodes[edge->from]),
                                                              .to = graph_node(&graph, before->nodes[edge->to]),
                                                              .kind = edge->kind,
                                                              .change = GRAPH_REMOVED,
                                                              .states_before = edge->states};
    }
    for (size_t index = 0; index < after->edge_count; index++) {
        const struct graph_edge *edge = &after->edges[index];
        size_t from = graph_node(&graph, after->nodes[edge->from]);
        size_t to = graph_node(&graph, after->nodes[edge->to]);
        struct graph_edge *known = graph_find(&graph, from, to, edge->kind);
        if (known) {
            known->change = GRAPH_KEPT;
            known->states = edge->states;
        } else {
            graph.edges[graph.edge_count++] =
                (struct graph_edge){.from = from, .to = to, .kind = edge->kind, .change = GRAPH_ADDED, .states = edge->states};
        }
    }
    qsort(graph.edges, graph.edge_count, sizeof *graph.edges, edge_compare);
    *out_graph = graph;
    return NULL;
}

void graph_deinit(struct graph *graph) {
    free((void *)graph->nodes);
    free(graph->edges);
    *graph = (struct graph){0};
}
