#include "html/chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "spillscope/escape.h"

#define CHART_WIDTH 760
#define NAME_WIDTH 230
#define NAME_CHARACTERS 32
#define BAR_HEIGHT 20
#define BAR_LIMIT 60

static void append_name(struct text *out, const char *name) {
    struct text cut __attribute__((cleanup(text_deinit))) = {0};
    size_t characters = 0;
    const char *at = name;
    for (; *at && characters < NAME_CHARACTERS; at++) {
        characters += ((unsigned char)at[1] & 0xc0) != 0x80;
    }
    text_append_bytes(&cut, name, (size_t)(at - name));
    text_append(&cut, *at ? "…" : "");
    escape_html(out, text_string(&cut));
}

static void append_head(struct text *out, const char *id, const char *title, int height) {
    text_append_format(out, "<svg role=\"img\" aria-labelledby=\"%s\" viewBox=\"0 0 %d %d\" width=\"%d\"><title id=\"%s\">", id, CHART_WIDTH, height,
                       CHART_WIDTH, id);
    escape_html(out, title);
    text_append(out, "</title>\n");
}

void chart_bars(struct text *out, const char *id, const char *title, const char *relation, const struct chart_bar *bars, size_t count) {
    int64_t most = 1;
    size_t shown = count < BAR_LIMIT ? count : BAR_LIMIT;
    for (size_t index = 0; index < count; index++) {
        most = bars[index].value > most ? bars[index].value : most;
        most = bars[index].behind > most ? bars[index].behind : most;
    }
    append_head(out, id, title, (int)shown * BAR_HEIGHT + 8);
    double scale = (double)(CHART_WIDTH - NAME_WIDTH - 90) / (double)most;
    for (size_t index = 0; index < shown; index++) {
        int y = (int)index * BAR_HEIGHT + 4;
        const struct chart_bar *bar = &bars[index];
        text_append(out, "<g><title>");
        escape_html(out, bar->name);
        text_append_format(out, ": %lld", (long long)bar->value);
        if (bar->behind >= 0) {
            text_append_format(out, " %s %lld", relation, (long long)bar->behind);
        }
        text_append_format(out, "</title><text class=\"label-end\" x=\"%d\" y=\"%d\">", NAME_WIDTH - 8, y + 13);
        append_name(out, bar->name);
        text_append(out, "</text>");
        if (bar->behind >= 0) {
            text_append_format(out, "<rect class=\"bar soft\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>", NAME_WIDTH, y,
                               (double)bar->behind * scale, BAR_HEIGHT - 4);
        }
        text_append_format(out, "<rect class=\"bar\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>", NAME_WIDTH, bar->behind >= 0 ? y + 4 : y,
                           (double)bar->value * scale, bar->behind >= 0 ? BAR_HEIGHT - 12 : BAR_HEIGHT - 4);
        int64_t longest = bar->behind > bar->value ? bar->behind : bar->value;
        text_append_format(out, "<text x=\"%.1f\" y=\"%d\">%lld", NAME_WIDTH + (double)longest * scale + 6, y + 13, (long long)bar->value);
        if (bar->behind >= 0) {
            text_append_format(out, " %s %lld", relation, (long long)bar->behind);
        }
        text_append(out, "</text></g>\n");
    }
    text_append(out, "</svg>\n");
    if (shown < count) {
        text_append_format(out, "<p class=\"notice\">%zu more are in the table.</p>\n", count - shown);
    }
}

static const int64_t class_ends[] = {0, 2, 5, 10, 20, 50, 100, INT64_MAX};
enum { CLASSES = sizeof class_ends / sizeof class_ends[0] };

static void classes_count(struct chart_values values, int64_t out_counts[CLASSES]) {
    for (size_t index = 0; index < values.count; index++) {
        size_t class = 0;
        while (values.values[index] > class_ends[class]) {
            class ++;
        }
        out_counts[class]++;
    }
}

static void class_label(size_t class, char out_label[32]) {
    if (class == 0) {
        snprintf(out_label, 32, "0");
    } else if (class + 1 == CLASSES) {
        snprintf(out_label, 32, "> %lld", (long long)class_ends[class - 1]);
    } else {
        snprintf(out_label, 32, "%lld–%lld", (long long)class_ends[class - 1] + 1, (long long)class_ends[class]);
    }
}

void chart_histogram(struct text *out, const char *id, const char *title, const char *unit, struct chart_values now,
                     const struct chart_values *before) {
    enum { HEIGHT = 200, TOP = 22, BOTTOM = 44, STEP = 88, LEFT = 30 };
    int64_t counts[CLASSES] = {0};
    int64_t earlier[CLASSES] = {0};
    int64_t most = 1;
    classes_count(now, counts);
    if (before) {
        classes_count(*before, earlier);
    }
    for (size_t class = 0; class < CLASSES; class ++) {
        most = counts[class] > most ? counts[class] : most;
        most = earlier[class] > most ? earlier[class] : most;
    }
    append_head(out, id, title, HEIGHT);
    double scale = (double)(HEIGHT - TOP - BOTTOM) / (double)most;
    for (size_t class = 0; class < CLASSES; class ++) {
        char label[32];
        class_label(class, label);
        int x = LEFT + (int)class * STEP;
        int wide = before ? 32 : 64;
        for (int side = before ? 0 : 1; side < 2; side++) {
            int64_t count = side ? counts[class] : earlier[class];
            double high = (double)count * scale;
            int left = x + (before && side ? wide + 2 : 0);
            text_append_format(out,
                               "<g><title>%s %s with %s states: %lld</title><rect class=\"bar%s\" x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"/>",
                               before ? (side ? "after:" : "before:") : "", unit, label, (long long)count, side ? "" : " before", left,
                               HEIGHT - BOTTOM - high, wide, high);
            text_append_format(out, "<text class=\"label-middle\" x=\"%d\" y=\"%.1f\">%lld</text></g>\n", left + wide / 2, HEIGHT - BOTTOM - high - 4,
                               (long long)count);
        }
        text_append_format(out, "<text class=\"label-middle\" x=\"%d\" y=\"%d\">%s</text>\n", x + (before ? wide + 1 : wide / 2),
                           HEIGHT - BOTTOM + 16, label);
    }
    text_append_format(out, "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", LEFT - 6, HEIGHT - BOTTOM, CHART_WIDTH - 10,
                       HEIGHT - BOTTOM);
    text_append_format(
        out, "<text class=\"label-middle\" x=\"%d\" y=\"%d\">distinct undeclared spilled states; the height is the number of %s</text></svg>\n",
        CHART_WIDTH / 2, HEIGHT - 8, unit);
}

enum { PLOT_HEIGHT = 220, PLOT_TOP = 30, PLOT_BOTTOM = 40, PLOT_LEFT = 80, PLOT_RIGHT = 20 };

static double point_x(const struct chart_point *points, size_t count, size_t index) {
    double low = log2((double)points[0].size + 1);
    double high = log2((double)points[count - 1].size + 1);
    double share = high > low ? (log2((double)points[index].size + 1) - low) / (high - low) : 0;
    return PLOT_LEFT + share * (CHART_WIDTH - PLOT_LEFT - PLOT_RIGHT);
}

static double point_y(double value, double most) {
    return PLOT_HEIGHT - PLOT_BOTTOM - value / most * (PLOT_HEIGHT - PLOT_TOP - PLOT_BOTTOM);
}

static void append_line(struct text *out, const struct chart_point *points, size_t count, double most, bool before) {
    text_append_format(out, "<polyline class=\"line%s\" points=\"", before ? " before" : "");
    for (size_t index = 0; index < count; index++) {
        text_append_format(out, "%s%.1f,%.1f", index ? " " : "", point_x(points, count, index),
                           point_y(before ? points[index].before : points[index].after, most));
    }
    text_append(out, "\"/>\n");
}

void chart_lines(struct text *out, const char *id, const char *title, const struct chart_point *points, size_t count) {
    double most = 1;
    for (size_t index = 0; index < count; index++) {
        most = points[index].before > most ? points[index].before : most;
        most = points[index].after > most ? points[index].after : most;
    }
    append_head(out, id, title, PLOT_HEIGHT);
    text_append_format(out, "<text x=\"%d\" y=\"16\">", PLOT_LEFT);
    escape_html(out, title);
    text_append_format(out, "</text><text class=\"label-end\" x=\"%d\" y=\"%.1f\">%.0f</text><text class=\"label-end\" x=\"%d\" y=\"%d\">0</text>\n",
                       PLOT_LEFT - 8, point_y(most, most) + 4, most, PLOT_LEFT - 8, PLOT_HEIGHT - PLOT_BOTTOM + 4);
    text_append_format(out, "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", PLOT_LEFT, PLOT_HEIGHT - PLOT_BOTTOM,
                       CHART_WIDTH - PLOT_RIGHT, PLOT_HEIGHT - PLOT_BOTTOM);
    append_line(out, points, count, most, true);
    append_line(out, points, count, most, false);
    for (size_t index = 0; index < count; index++) {
        double x = point_x(points, count, index);
        text_append_format(out, "<g><title>%lld: before %g, after %g</title><circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/></g>",
                           (long long)points[index].size, points[index].before, points[index].after, x, point_y(points[index].after, most));
        text_append_format(out, "<text class=\"label-middle\" x=\"%.1f\" y=\"%d\">%lld</text>\n", x, PLOT_HEIGHT - PLOT_BOTTOM + 16,
                           (long long)points[index].size);
    }
    text_append(out, "</svg>\n");
}
