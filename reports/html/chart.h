#ifndef SPILLSCOPE_REPORTS_CHART_H
#define SPILLSCOPE_REPORTS_CHART_H
/* Bar charts and histograms as inline SVG. */
#include <stddef.h>
#include <stdint.h>
#include "spillscope/text.h"

/* A named bar: `value`, and behind it a longer, softer one (all, before); -1 = none. */
struct chart_bar {
    const char *name;
    int64_t value;
    int64_t behind;
};

/* `relation` stands between the two numbers of a bar: "of", "was". */
void chart_bars(struct text *out, const char *id, const char *title, const char *relation, const struct chart_bar *bars, size_t count);

/* Histogram of `values`: how many of them fall into each class of sizes (0, 1-2, 3-5, 6-10, 11-20, ...), as thesis Figure 3.3.
   With `before` the classes stand in pairs. */
struct chart_values {
    const int64_t *values;
    size_t count;
};
void chart_histogram(struct text *out, const char *id, const char *title, const char *unit, struct chart_values now,
                     const struct chart_values *before);

/* Two lines over sizes, on a scale of powers of two: dashed before, solid after. At least two points, by size. */
struct chart_point {
    int64_t size;
    double before, after;
};
void chart_lines(struct text *out, const char *id, const char *title, const struct chart_point *points, size_t count);
#endif
