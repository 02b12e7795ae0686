#include <libsmartcols.h>
#include <stdlib.h>

#include "compare/cost.h"
#include "spillscope/escape.h"
#include "html/chart.h"
#include "html/markup.h"

SCOPE_DEFINE(cost_table, struct libscols_table *, scols_unref_table)

/* A ratio, or nothing where there is none. */
static void ratio_print(double value, char out[32]) {
    snprintf(out, 32, value < 0 ? "" : "%.3f", value);
}

static struct error *table_add(struct libscols_table *table, const struct compare_ratio *ratio) {
    struct text name __attribute__((cleanup(text_deinit))) = {0};
    struct text note __attribute__((cleanup(text_deinit))) = {0};
    char numbers[3][32];
    ratio_print(ratio->value, numbers[0]);
    ratio_print(ratio->bar, numbers[1]);
    ratio_print(ratio->other, numbers[2]);
    escape_terminal(&name, ratio->name);
    text_append(&note, cost_ratio_holds(ratio) ? "" : "missed: ");
    escape_terminal(&note, ratio->note);
    const char *cells[] = {text_string(&name), numbers[0], numbers[1], numbers[2], text_string(&note)};
    struct libscols_line *line = scols_table_new_line(table, NULL);
    for (size_t column = 0; line && column < sizeof cells / sizeof *cells; column++) {
        if (scols_line_set_data(line, column, cells[column]) != 0) {
            return error_out_of_memory();
        }
    }
    return line ? NULL : error_out_of_memory();
}

struct error *cost_write_text(const struct compare_cost *cost, bool terminal, struct text *out) {
    static const char *const titles[] = {"COST", "AFTER/BEFORE", "BAR", "THESIS", "NOTE"};
    struct libscols_table *table __attribute__((cleanup(scope_cost_table))) = cost->ratio_count ? scols_new_table() : NULL;
    if (!cost->ratio_count) {
        return NULL;
    }
    struct error *error = table ? NULL : error_out_of_memory();
    if (!error) {
        scols_table_set_termforce(table, terminal ? SCOLS_TERMFORCE_AUTO : SCOLS_TERMFORCE_NEVER);
    }
    for (size_t column = 0; !error && column < sizeof titles / sizeof *titles; column++) {
        int flags = column > 0 && column < 4 ? SCOLS_FL_RIGHT : 0;
        error = scols_table_new_column(table, titles[column], 0, flags) ? NULL : error_out_of_memory();
    }
    for (size_t index = 0; !error && index < cost->ratio_count; index++) {
        error = table_add(table, &cost->ratios[index]);
    }
    char *printed SCOPE_FREE = NULL;
    if (!error && scols_print_table_to_string(table, &printed) != 0) {
        error = error_out_of_memory();
    }
    text_append_format(out, "\n%s\n", printed ? printed : "");
    return error;
}

static void append_number(struct text *out, const char *name, double value) {
    if (value < 0) {
        text_append_format(out, ",\"%s\":null", name);
    } else {
        text_append_format(out, ",\"%s\":%.6g", name, value);
    }
}

void cost_write_json(const struct compare_cost *cost, struct text *out) {
    if (!cost->ratio_count) {
        return;
    }
    text_append(out, ",\n\"cost\":{\"machine\":");
    text_append_json_string(out, cost->machine);
    text_append(out, ",\"ratios\":[");
    for (size_t index = 0; index < cost->ratio_count; index++) {
        const struct compare_ratio *ratio = &cost->ratios[index];
        text_append(out, index ? ",\n{\"name\":" : "\n{\"name\":");
        text_append_json_string(out, ratio->name);
        append_number(out, "value", ratio->value);
        append_number(out, "bar", ratio->bar);
        append_number(out, "thesis", ratio->other);
        text_append_format(out, ",\"better\":\"%s\",\"holds\":%s,\"note\":", ratio->higher_is_better ? "higher" : "lower",
                           cost_ratio_holds(ratio) ? "true" : "false");
        text_append_json_string(out, ratio->note);
        text_append_char(out, '}');
    }
    text_append(out, "]}");
}

static void append_ratio(struct text *out, const struct compare_ratio *ratio) {
    char number[32];
    text_append(out, "<tr>");
    markup_code_cell(out, ratio->name);
    ratio_print(ratio->value, number);
    text_append_format(out, "<td class=\"number %s\">%s</td>", ratio->bar < 0 ? "same" : cost_ratio_holds(ratio) ? "better" : "worse", number);
    ratio_print(ratio->bar, number);
    text_append_format(out, "<td class=\"number\">%s</td>", number);
    ratio_print(ratio->other, number);
    text_append_format(out, "<td class=\"number\">%s</td><td>%s", number, cost_ratio_holds(ratio) ? "" : "<b>missed</b> ");
    escape_html(out, ratio->note);
    text_append(out, "</td></tr>\n");
}

static void append_plot(struct text *out, const struct compare *compare, const struct compare_series *series, size_t number) {
    struct chart_point *points SCOPE_FREE = calloc(series->count + 1, sizeof *points);
    struct text title __attribute__((cleanup(text_deinit))) = {0};
    char id[32];
    if (!points) {
        out->failed = true;
        return;
    }
    for (size_t index = 0; index < series->count; index++) {
        points[index] = (struct chart_point){series->points[index].size, series->points[index].before, series->points[index].after};
    }
    snprintf(id, sizeof id, "cost-%zu", number);
    text_append_format(&title, "%s, %s: %s and %s", series->name, series->unit, compare->before->kernel, compare->after->kernel);
    chart_lines(out, id, text_string(&title), points, series->count);
}

void cost_write_html(const struct compare *compare, struct text *out) {
    const struct compare_cost *cost = &compare->cost;
    if (!cost->ratio_count) {
        return;
    }
    text_append(out, "<section id=\"cost\" aria-labelledby=\"h-cost\"><h2 id=\"h-cost\">What it costs</h2>\n<p class=\"about\">After over before; "
                     "measured on ");
    escape_html(out, *cost->machine ? cost->machine : "an unnamed machine");
    text_append(out,
                ".</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"cost\"><table><thead><tr><th scope=\"col\">operation"
                "</th><th scope=\"col\" class=\"number\">ratio</th><th scope=\"col\" class=\"number\">bar</th><th scope=\"col\" class=\"number\">"
                "thesis</th><th scope=\"col\">note</th></tr></thead><tbody>\n");
    for (size_t index = 0; index < cost->ratio_count; index++) {
        append_ratio(out, &cost->ratios[index]);
    }
    text_append(out, "</tbody></table></div>\n");
    for (size_t index = 0; index < cost->series_count; index++) {
        append_plot(out, compare, &cost->series[index], index);
    }
    text_append(out, cost->series_count ? "<p class=\"legend\">Dashed: before; solid: after. Sizes double from tick to tick.</p>\n" : "");
    text_append(out, "</section>\n");
}
