#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "findings/wording.h"
#include "spillscope/escape.h"
#include "html/dot.h"
#include "html/graph.h"
#include "html/markup.h"

#define POINTS_PER_INCH 72.0
#define CHARACTER_INCHES 0.105
#define LABEL_CHARACTERS 28

static const char *const change_names[] = {"kept", "added", "removed"};

static size_t label_length(const char *name) {
    size_t length = 0;
    for (const char *at = name; *at; at++) {
        length += ((unsigned char)*at & 0xc0) != 0x80;
    }
    return length > LABEL_CHARACTERS ? LABEL_CHARACTERS : length;
}

/* Which part of the graph is drawn. */
struct selection {
    bool *nodes;
    bool *edges;
    bool *taken; /* edges already written */
    size_t node_count, edge_count;
};

static void selection_deinit(struct selection *selection) {
    free(selection->nodes);
    free(selection->edges);
    free(selection->taken);
}

/* Marks the `limit` heaviest of `count`, the earlier of equals first. */
static size_t heaviest_mark(const int64_t *weights, size_t count, size_t limit, bool *marks) {
    size_t marked = 0;
    for (; marked < limit && marked < count; marked++) {
        size_t best = count;
        for (size_t index = 0; index < count; index++) {
            if (!marks[index] && weights[index] >= 0 && (best == count || weights[index] > weights[best])) {
                best = index;
            }
        }
        if (best == count) {
            break;
        }
        marks[best] = true;
    }
    return marked;
}

static struct error *selection_init(struct selection *selection, const struct graph *graph) {
    int64_t *node_weights SCOPE_FREE = calloc(graph->node_count + 1, sizeof *node_weights);
    int64_t *edge_weights SCOPE_FREE = calloc(graph->edge_count + 1, sizeof *edge_weights);
    *selection = (struct selection){.nodes = calloc(graph->node_count + 1, sizeof *selection->nodes),
                                    .edges = calloc(graph->edge_count + 1, sizeof *selection->edges),
                                    .taken = calloc(graph->edge_count + 1, sizeof *selection->taken)};
    if (!node_weights || !edge_weights || !selection->nodes || !selection->edges || !selection->taken) {
        return error_out_of_memory();
    }
    for (size_t index = 0; index < graph->edge_count; index++) {
        const struct graph_edge *edge = &graph->edges[index];
        node_weights[edge->from] += edge->states + edge->states_before;
        node_weights[edge->to] += edge->states + edge->states_before;
    }
    selection->node_count = heaviest_mark(node_weights, graph->node_count, GRAPH_NODE_LIMIT, selection->nodes);
    for (size_t index = 0; index < graph->edge_count; index++) {
        const struct graph_edge *edge = &graph->edges[index];
        bool both = selection->nodes[edge->from] && selection->nodes[edge->to];
        edge_weights[index] = both ? edge->states + edge->states_before : -1;
    }
    selection->edge_count = heaviest_mark(edge_weights, graph->edge_count, GRAPH_EDGE_LIMIT, selection->edges);
    return NULL;
}

static int64_t edge_label(const struct graph_edge *edge) {
    return edge->change == GRAPH_REMOVED ? edge->states_before : edge->states;
}

static void dot_input(const struct graph *graph, const struct selection *selection, struct text *out) {
    text_append(
        out, "digraph g { rankdir=LR; nodesep=0.18; ranksep=0.9; node [shape=box fixedsize=true height=0.36]; edge [fontsize=10 arrowhead=none];\n");
    for (size_t index = 0; index < graph->node_count; index++) {
        if (selection->nodes[index]) {
            text_append_format(out, "n%zu [width=%.2f label=\"\"];\n", index, 0.25 + CHARACTER_INCHES * (double)label_length(graph->nodes[index]));
        }
    }
    for (size_t index = 0; index < graph->edge_count; index++) {
        const struct graph_edge *edge = &graph->edges[index];
        if (selection->edges[index]) {
            text_append_format(out, "n%zu -> n%zu [label=\"%lld\"];\n", edge->from, edge->to, (long long)edge_label(edge));
        }
    }
    text_append(out, "}\n");
}

/* Numbers of one line of dot's plain format, read one after the other. */
static bool number_next(char **at, double *out_number) {
    char *end = NULL;
    double number = strtod(*at, &end);
    if (end == *at || !(number > -1e7 && number < 1e7)) {
        return false;
    }
    *at = end;
    *out_number = number;
    return true;
}

static bool name_next(char **at, size_t limit, size_t *out_index) {
    char *start = *at + strspn(*at, " ");
    char *end = NULL;
    if (*start != 'n') {
        return false;
    }
    unsigned long index = strtoul(start + 1, &end, 10);
    if (end == start + 1 || index >= limit) {
        return false;
    }
    *at = end;
    *out_index = index;
    return true;
}

/* One label, cut to LABEL_CHARACTERS characters. */
static void append_label(struct text *out, const char *name) {
    struct text cut __attribute__((cleanup(text_deinit))) = {0};
    size_t characters = 0;
    const char *at = name;
    for (; *at && characters < LABEL_CHARACTERS; at++) {
        characters += ((unsigned char)at[1] & 0xc0) != 0x80;
    }
    text_append_bytes(&cut, name, (size_t)(at - name));
    text_append(&cut, *at ? "…" : "");
    escape_html(out, text_string(&cut));
}

static bool append_node(struct text *out, const struct graph *graph, char *line, double height) {
    size_t index = 0;
    double x = 0;
    double y = 0;
    double wide = 0;
    double high = 0;
    if (!name_next(&line, graph->node_count, &index) || !number_next(&line, &x) || !number_next(&line, &y) || !number_next(&line, &wide) ||
        !number_next(&line, &high)) {
        return false;
    }
    bool clients = strcmp(graph->nodes[index], GRAPH_CLIENTS) == 0;
    const char *anchor = graph->links ? graph->links[index].anchor : "";
    text_append_format(out, "<g class=\"node%s\" data-node=\"%zu\">", clients ? " clients" : *anchor == 't' ? " transaction" : "", index);
    if (*anchor) {
        text_append_format(out, "<a href=\"#%s\">", anchor);
    }
    text_append(out, "<title>");
    escape_html(out, graph->nodes[index]);
    text_append_format(out, "</title><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"5\"/><text x=\"%.1f\" y=\"%.1f\">",
                       (x - wide / 2) * POINTS_PER_INCH, (height - y - high / 2) * POINTS_PER_INCH, wide * POINTS_PER_INCH, high * POINTS_PER_INCH,
                       x * POINTS_PER_INCH, (height - y) * POINTS_PER_INCH + 4);
    append_label(out, graph->nodes[index]);
    text_append(out, *anchor ? "</text></a></g>\n" : "</text></g>\n");
    return true;
}

static void append_edge_title(struct text *out, const struct graph *graph, const struct graph_edge *edge) {
    text_append_format(out, "%s spill: ", finding_kind_name(edge->kind));
    escape_html(out, graph->nodes[edge->from]);
    text_append(out, " → ");
    escape_html(out, graph->nodes[edge->to]);
    if (graph->compared) {
        text_append_format(out, ", %lld → %lld states, %s", (long long)edge->states_before, (long long)edge->states, change_names[edge->change]);
    } else {
        text_append_format(out, ", %lld state%s", (long long)edge->states, edge->states == 1 ? "" : "s");
    }
}

/* `edge` is the one the line stands for: dot prints parallel edges in the order of the input. */
static bool append_edge(struct text *out, const struct graph *graph, const struct graph_edge *edge, const char *id, char *line, double height) {
    double count = 0;
    if (!number_next(&line, &count) || count < 4 || count > 1000) {
        return false;
    }
    text_append_format(out, "<g class=\"edge %s%s%s\" data-from=\"%zu\" data-to=\"%zu\"><title>", finding_kind_name(edge->kind),
                       graph->compared ? " " : "", graph->compared ? change_names[edge->change] : "", edge->from, edge->to);
    append_edge_title(out, graph, edge);
    text_append(out, "</title><path d=\"");
    for (int point = 0; point < (int)count; point++) {
        double x = 0;
        double y = 0;
        if (!number_next(&line, &x) || !number_next(&line, &y)) {
            return false;
        }
        text_append_format(out, "%s%.1f,%.1f", point == 0 ? "M" : point == 1 ? " C" : " ", x * POINTS_PER_INCH, (height - y) * POINTS_PER_INCH);
    }
    text_append_format(out, "\" marker-end=\"url(#%s-arrow)\"/>", id);
    line += strspn(line, " ");
    line += strcspn(line, " "); /* the label itself */
    double x = 0;
    double y = 0;
    if (number_next(&line, &x) && number_next(&line, &y)) {
        text_append_format(out, "<text x=\"%.1f\" y=\"%.1f\">", x * POINTS_PER_INCH, (height - y) * POINTS_PER_INCH + 3);
        if (graph->compared && edge->change == GRAPH_KEPT) {
            text_append_format(out, "%lld→%lld", (long long)edge->states_before, (long long)edge->states);
        } else {
            text_append_format(out, "%s%lld", !graph->compared ? "" : edge->change == GRAPH_ADDED ? "+" : "−", (long long)edge_label(edge));
        }
        text_append(out, "</text>");
    }
    text_append(out, "</g>\n");
    return true;
}

/* The next drawn edge of the graph from `from` to `to` that has not been written. */
static const struct graph_edge *edge_take(const struct graph *graph, struct selection *selection, size_t from, size_t to) {
    for (size_t index = 0; index < graph->edge_count; index++) {
        const struct graph_edge *edge = &graph->edges[index];
        if (selection->edges[index] && !selection->taken[index] && edge->from == from && edge->to == to) {
            selection->taken[index] = true;
            return edge;
        }
    }
    return NULL;
}

/* Draws the first graph of `plain`, and leaves *plain behind it. */
static bool append_plain(struct text *out, const struct graph *graph, const char *id, char **plain, struct selection *selection) {
    double height = 0;
    struct text nodes __attribute__((cleanup(text_deinit))) = {0};
    for (char *line = *plain, *next = NULL; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next) {
            *next++ = '\0';
        }
        *plain = next;
        if (strcmp(line, "stop") == 0) {
            break;
        }
        if (strncmp(line, "graph ", 6) == 0) {
            double scale = 0;
            double width = 0;
            char *at = line + 6;
            if (!number_next(&at, &scale) || !number_next(&at, &width) || !number_next(&at, &height)) {
                return false;
            }
            text_append_format(
                out, "<svg class=\"graph\" id=\"%s\" role=\"%s\" aria-labelledby=\"%s-title\" viewBox=\"-6 -6 %.0f %.0f\" width=\"%.0f\">", id,
                graph->links ? "group" : "img", id, width * POINTS_PER_INCH + 12, height * POINTS_PER_INCH + 12, width * POINTS_PER_INCH + 12);
            text_append_format(out, "<title id=\"%s-title\">", id);
            escape_html(out,
                        graph->title ? graph->title : "Spill graph: boxes are entities, solid arrows primary spill, dashed arrows secondary spill");
            text_append(out, "</title>");
            text_append_format(out,
                               "<defs><marker id=\"%s-arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" "
                               "markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0,0.6 L8,4 L0,7.4 z\"/></marker></defs>\n",
                               id);
        } else if (strncmp(line, "node ", 5) == 0) {
            if (!append_node(&nodes, graph, line + 5, height)) {
                return false;
            }
        } else if (strncmp(line, "edge ", 5) == 0) {
            char *at = line + 5;
            size_t from = 0;
            size_t to = 0;
            bool named = name_next(&at, graph->node_count, &from) && name_next(&at, graph->node_count, &to);
            const struct graph_edge *edge = named ? edge_take(graph, selection, from, to) : NULL;
            if (!edge || !append_edge(out, graph, edge, id, at, height)) {
                return false;
            }
        }
    }
    text_append(out, text_string(&nodes));
    text_append(out, "</svg>\n");
    return height > 0;
}

static void drawings_free(char **drawings, size_t count) {
    for (size_t index = 0; drawings && index < count; index++) {
        free(drawings[index]);
    }
    free((void *)drawings);
}

/* Layouts of all graphs, one after the other, made into drawings; what dot did not lay out stays "". */
static struct error *drawings_make(const struct graph *graphs, struct selection *selections, size_t count, const char *id, char *plain,
                                   char **drawings) {
    struct error *error = NULL;
    for (size_t index = 0; index < count && !error; index++) {
        struct text drawing = {0};
        struct text name __attribute__((cleanup(text_deinit))) = {0};
        text_append_format(&name, "%s-%zu", id, index);
        if (!plain || !append_plain(&drawing, &graphs[index], text_string(&name), &plain, &selections[index])) {
            text_clear(&drawing);
        }
        error = text_take(&drawing, &drawings[index]);
    }
    return error;
}

struct error *graph_draw_all(const struct graph *graphs, size_t count, const char *id, char ***out_drawings) {
    struct text input __attribute__((cleanup(text_deinit))) = {0};
    struct text plain __attribute__((cleanup(text_deinit))) = {0};
    struct selection *selections = calloc(count + 1, sizeof *selections);
    char **drawings = calloc(count + 1, sizeof *drawings);
    struct error *error = selections && drawings ? NULL : error_out_of_memory();
    for (size_t index = 0; index < count && !error; index++) {
        error = selection_init(&selections[index], &graphs[index]);
        if (!error) {
            dot_input(&graphs[index], &selections[index], &input);
        }
    }
    if (!error && count) {
        error_destroy(dot_run(text_string(&input), &plain)); /* the drawing of the whole graph has said what is wrong */
        error = drawings_make(graphs, selections, count, id, plain.data, drawings);
    }
    for (size_t index = 0; selections && index < count; index++) {
        selection_deinit(&selections[index]);
    }
    free(selections);
    if (error) {
        drawings_free(drawings, count);
        return error;
    }
    *out_drawings = drawings;
    return NULL;
}

/* The form by which the script narrows the drawing to what lies some arrows around a node. */
static void append_focus(struct text *out, const struct graph *graph, const struct selection *selection, const char *id) {
    text_append_format(
        out, "<form class=\"filters\" data-graph=\"%s\" hidden>\n<label>Around <select data-focus=\"node\"><option value=\"\">all entities</option>",
        id);
    for (size_t index = 0; index < graph->node_count; index++) {
        if (selection->nodes[index]) {
            text_append_format(out, "<option value=\"%zu\">", index);
            escape_html(out, graph->nodes[index]);
            text_append(out, "</option>");
        }
    }
    text_append(
        out,
        "</select></label>\n<label>Arrows away <select data-focus=\"hops\"><option>1</option><option>2</option><option>3</option></select></label>\n"
        "<output aria-live=\"polite\"></output></form>\n");
}

static struct error *graph_draw(const struct graph *graph, const char *id, struct text *out) {
    struct selection selection __attribute__((cleanup(selection_deinit))) = {0};
    struct text input __attribute__((cleanup(text_deinit))) = {0};
    struct text plain __attribute__((cleanup(text_deinit))) = {0};
    struct text drawing __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = selection_init(&selection, graph);
    if (error) {
        return error;
    }
    dot_input(graph, &selection, &input);
    error = dot_run(text_string(&input), &plain);
    if (error || !plain.data || !append_plain(&drawing, graph, id, &(char *){plain.data}, &selection)) {
        text_append(out, "<p class=\"notice\">The drawing needs Graphviz: ");
        escape_html(out, error ? error_message(error) : "dot printed no layout");
        text_append(out, ". The table below holds the same.</p>\n");
        error_destroy(error);
        return NULL;
    }
    if (!graph->compared) {
        append_focus(out, graph, &selection, id);
    }
    text_append(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"spill graph\">");
    text_append(out, text_string(&drawing));
    text_append(out, "</div>\n<p class=\"legend\"><svg width=\"40\" height=\"10\" aria-hidden=\"true\" class=\"graph\"><g class=\"edge "
                     "primary\"><path d=\"M0,5 L40,5\"/></g></svg> "
                     "primary: in the entity that was called &nbsp; <svg width=\"40\" height=\"10\" aria-hidden=\"true\" class=\"graph\"><g "
                     "class=\"edge secondary\">"
                     "<path d=\"M0,5 L40,5\"/></g></svg> secondary: in another entity. Numbers count distinct undeclared states.</p>\n");
    if (selection.node_count < graph->node_count || selection.edge_count < graph->edge_count) {
        text_append_format(
            out, "<p class=\"notice\">Drawn are the %zu of %zu entities and %zu of %zu arrows with the most spill; the table has all.</p>\n",
            selection.node_count, graph->node_count, selection.edge_count, graph->edge_count);
    }
    return NULL;
}

struct error *graph_write(const struct graph *graph, const char *id, const char *query, struct text *out) {
    if (!graph->edge_count) {
        text_append(out, "<p>No spill to draw.</p>\n");
        return NULL;
    }
    struct error *error = graph_draw(graph, id, out);
    if (error) {
        return error;
    }
    text_append_format(
        out,
        "<details><summary>The graph as a table (%zu edges)</summary>\n<table><thead><tr><th scope=\"col\">from</th><th scope=\"col\">to</th>"
        "<th scope=\"col\">kind</th>",
        graph->edge_count);
    text_append(out, graph->compared
                         ? "<th scope=\"col\" class=\"number\">before</th><th scope=\"col\" class=\"number\">after</th><th scope=\"col\">change</th>"
                         : "<th scope=\"col\" class=\"number\">states</th>");
    text_append(out, "</tr></thead><tbody>\n");
    for (size_t index = 0; index < graph->edge_count; index++) {
        const struct graph_edge *edge = &graph->edges[index];
        text_append(out, "<tr>");
        markup_cell(out, graph->nodes[edge->from]);
        markup_cell(out, graph->nodes[edge->to]);
        markup_cell(out, finding_kind_name(edge->kind));
        if (graph->compared) {
            markup_number(out, edge->states_before);
        }
        markup_number(out, edge->states);
        if (graph->compared) {
            markup_cell(out, change_names[edge->change]);
        }
        text_append(out, "</tr>\n");
    }
    text_append(out, "</tbody></table></details>\n");
    if (query) {
        markup_query(out, query);
    }
    return NULL;
}
