#ifndef SPILLSCOPE_REPORTS_GRAPH_H
#define SPILLSCOPE_REPORTS_GRAPH_H
/*
 * Who spills into whom (thesis Figure 3.4): entities and, for primary spill, their clients. Laid out by Graphviz `dot` as a subprocess and
 * drawn as SVG here, so that names never pass through another program and one style sheet serves light, dark and paper.
 */
#include "spillscope/findings.h"
#include "spillscope/text.h"

#define GRAPH_CLIENTS "clients"
/* What a drawing holds at most: beyond it the nodes, and then the edges, with the least spill are left out, never out of the table. */
#define GRAPH_NODE_LIMIT 100
#define GRAPH_EDGE_LIMIT 70

enum graph_change { GRAPH_KEPT, GRAPH_ADDED, GRAPH_REMOVED };

struct graph_edge {
    size_t from, to;
    enum finding_kind kind;
    enum graph_change change;
    int64_t states; /* distinct undeclared states; in a comparison: after */
    int64_t states_before;
};

/* An anchor of the page, "" = none. */
struct graph_link {
    char anchor[24];
};

struct graph {
    const char **nodes; /* names, sorted; owned by the findings they come from */
    size_t node_count;
    struct graph_edge *edges; /* by from, to, kind */
    size_t edge_count;
    bool compared;
    const struct graph_link *links; /* where each node leads to; NULL = nowhere; borrowed */
    const char *title;              /* for those who do not see it; NULL = that of the whole graph */
};

struct error *graph_from_findings(const struct findings *findings, struct graph *out_graph);
/* Both graphs in one: edges are kept, added or removed. The parts must outlive the result. */
struct error *graph_compare(const struct graph *before, const struct graph *after, struct graph *out_graph);
void graph_deinit(struct graph *graph);

/* Drawings of several graphs by one run of `dot`, each with the id `id`-INDEX; the caller frees the strings and the array. All are "" where dot is
 * missing or fails. */
struct error *graph_draw_all(const struct graph *graphs, size_t count, const char *id, char ***out_drawings);
/* The drawing, or a notice when `dot` is missing or fails; then the same as a table. `id` makes the ids in the page unique. */
struct error *graph_write(const struct graph *graph, const char *id, const char *query, struct text *out);
#endif
