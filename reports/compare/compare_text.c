#include <libsmartcols.h>
#include <stdlib.h>

#include "compare/cost.h"
#include "spillscope/escape.h"
#include "spillscope/compare.h"

#define ROW_LIMIT 60

SCOPE_DEFINE(columns_table, struct libscols_table *, scols_unref_table)

enum { COLUMN_NAME, COLUMN_BEFORE, COLUMN_PREDICTED, COLUMN_AFTER, COLUMN_DELTA, COLUMN_COUNT };

/* name, before, predicted by the plan, after, delta: rows [0, count) that differ, or all. */
static struct error *append_rows(struct text *out, const struct compare *compare, const char *title, const struct compare_row *rows, size_t count,
                                 bool changed_only, bool terminal) {
    struct libscols_table *table __attribute__((cleanup(scope_columns_table))) = scols_new_table();
    const char *const titles[COLUMN_COUNT] = {title, "BEFORE", "PREDICTED", "AFTER", "DELTA"};
    size_t shown = 0;
    size_t more = 0;
    if (!table) {
        return error_out_of_memory();
    }
    scols_table_set_termforce(table, terminal ? SCOLS_TERMFORCE_AUTO : SCOLS_TERMFORCE_NEVER);
    for (size_t column = 0; column < COLUMN_COUNT; column++) {
        struct libscols_column *made = scols_table_new_column(table, titles[column], column ? 8 : 0.5, column ? SCOLS_FL_RIGHT : SCOLS_FL_TRUNC);
        if (!made) {
            return error_out_of_memory();
        }
        if (column == COLUMN_PREDICTED && !compare_is_predicted(compare)) {
            scols_column_set_flags(made, scols_column_get_flags(made) | SCOLS_FL_HIDDEN);
        }
    }
    for (size_t index = 0; index < count; index++) {
        const struct compare_row *row = &rows[index];
        if (changed_only && row->before == row->after) {
            continue;
        }
        if (shown++ >= ROW_LIMIT) {
            more++;
            continue;
        }
        struct text name __attribute__((cleanup(text_deinit))) = {0};
        char numbers[COLUMN_COUNT][32];
        snprintf(numbers[COLUMN_BEFORE], sizeof numbers[0], "%lld", (long long)row->before);
        snprintf(numbers[COLUMN_PREDICTED], sizeof numbers[0], "%lld", (long long)row->predicted);
        snprintf(numbers[COLUMN_AFTER], sizeof numbers[0], "%lld", (long long)row->after);
        snprintf(numbers[COLUMN_DELTA], sizeof numbers[0], "%s%lld", row->after > row->before ? "+" : "", (long long)(row->after - row->before));
        escape_terminal(&name, row->name);
        struct libscols_line *line = scols_table_new_line(table, NULL);
        for (size_t column = 0; column < COLUMN_COUNT; column++) {
            if (!line || scols_line_set_data(line, column, column == COLUMN_NAME ? text_string(&name) : numbers[column])) {
                return error_out_of_memory();
            }
        }
    }
    char *printed SCOPE_FREE = NULL;
    if (shown && scols_print_table_to_string(table, &printed) != 0) {
        return error_out_of_memory();
    }
    if (printed) {
        text_append_format(out, "\n%s\n", printed);
    }
    if (more) {
        text_append_format(out, "%zu more rows: --json has all\n", more);
    }
    return NULL;
}

static void append_side(struct text *out, const char *name, const struct findings *findings) {
    text_append_format(out, "%s: ", name);
    escape_terminal(out, *findings->kernel ? findings->kernel : "?");
    if (*findings->revision) {
        text_append_char(out, ' ');
        escape_terminal(out, findings->revision);
    }
    text_append(out, "\n");
    for (size_t index = 0; index < findings->incomplete_count; index++) {
        text_append_format(out, "!! %s is incomplete: ", name);
        escape_terminal(out, findings->incomplete[index]);
        text_append(out, "\n");
    }
}

/* States that another entity holds now. */
static void append_moved(struct text *out, const struct compare *compare) {
    size_t shown = 0;
    for (size_t index = 0; index < compare->pair_count; index++) {
        const struct compare_pair *pair = &compare->pairs[index];
        if (pair->change != COMPARE_MOVED || shown++ >= ROW_LIMIT) {
            continue;
        }
        text_append(out, shown == 1 ? "\nmoved: " : "moved: ");
        escape_terminal(out, pair->common_name);
        text_append_char(out, ' ');
        escape_terminal(out, pair->key);
        if (pair->after_key) {
            text_append(out, " -> ");
            escape_terminal(out, pair->after_key);
        }
        text_append(out, ": from ");
        escape_terminal(out, pair->before_owner);
        text_append(out, " to ");
        escape_terminal(out, pair->after_owner);
        text_append_char(out, '\n');
    }
    if (shown > ROW_LIMIT) {
        text_append_format(out, "%zu more moved: --json has all\n", shown - ROW_LIMIT);
    }
}

struct error *compare_write_text(const struct compare *compare, bool terminal, struct text *out) {
    size_t grown = 0;
    size_t shrunk = 0;
    int64_t up = 0;
    int64_t down = 0;
    size_t appeared = 0;
    size_t gone = 0;
    append_side(out, "before", compare->before);
    append_side(out, "after", compare->after);
    if (*compare_nothing_common(compare)) {
        text_append_format(out, "!! %s\n", compare_nothing_common(compare));
    }
    text_append_format(out, "%zu common transactions%s; %zu left out\n", compare->common_count,
                       compare->observed ? " observed in both" : " (whitelist pairs: no runs)", compare->left_out_count);
    for (size_t index = 0; index < compare->object_count; index++) {
        const struct compare_row *row = &compare->objects[index];
        int64_t delta = row->after - row->before;
        appeared += !row->before;
        gone += !row->after;
        grown += row->before && row->after && delta > 0;
        shrunk += row->before && row->after && delta < 0;
        up += delta > 0 ? delta : 0;
        down += delta < 0 ? delta : 0;
    }
    text_append_format(out, "undeclared (transaction, state) pairs: %lld -> %lld", (long long)compare->before_pairs, (long long)compare->after_pairs);
    if (compare->before_pairs) {
        text_append_format(out, " (%.1f%% of before)", 100.0 * (double)compare->after_pairs / (double)compare->before_pairs);
    }
    text_append_format(out, "; distinct states: %lld -> %lld\n", (long long)compare->before_states, (long long)compare->after_states);
    text_append_format(out, "pairs removed/added: %zu/%zu   kept/moved: %zu/%zu\n", compare->counts[COMPARE_REMOVED], compare->counts[COMPARE_ADDED],
                       compare->counts[COMPARE_KEPT], compare->counts[COMPARE_MOVED]);
    text_append_format(out, "objects add/remove: %zu/%zu grow/shrink: %zu/%zu up/down: %lld/%lld (%s%lld)\n", appeared, gone, grown, shrunk,
                       (long long)up, (long long)down, up + down > 0 ? "+" : "", (long long)(up + down));
    const struct compare_prediction *prediction = &compare->prediction;
    if (compare_is_predicted(compare)) {
        text_append_format(
            out, "plan: %zu pair(s) predicted, %lld measured; gone as planned/beyond the plan: %zu/%zu   kept as planned/against the plan: %zu/%zu\n",
            prediction->predicted, (long long)compare->after_pairs, prediction->gone, prediction->gone_beyond, prediction->kept,
            prediction->kept_against);
    }
    append_moved(out, compare);
    struct error *error = append_rows(out, compare, "ENTITY", compare->entities, compare->entity_count, false, terminal);
    if (!error) {
        error = append_rows(out, compare, "OBJECT", compare->objects, compare->object_count, true, terminal);
    }
    for (size_t index = 0; index < compare->left_out_count && !error; index++) {
        text_append(out, index ? "" : "\n");
        text_append(out, "not compared: ");
        escape_terminal(out, compare->left_out[index].common_name);
        text_append_format(out, ": %s\n", compare->left_out[index].why);
    }
    if (!error) {
        error = cost_write_text(&compare->cost, terminal, out);
    }
    return error ? error : out->failed ? error_out_of_memory() : NULL;
}
