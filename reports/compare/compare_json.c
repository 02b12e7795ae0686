#include "compare/cost.h"
#include "spillscope/compare.h"

static void append_field(struct text *out, const char *name, const char *value) {
    text_append_json_string(out, name);
    text_append_char(out, ':');
    text_append_json_string(out, value);
}

static void append_side(struct text *out, const char *name, const struct findings *findings, int64_t pairs, int64_t states) {
    text_append_format(out, ",\n\"%s\":{", name);
    append_field(out, "kernel", findings->kernel);
    text_append_char(out, ',');
    append_field(out, "revision", findings->revision);
    text_append_format(out, ",\"pairs\":%lld,\"states\":%lld,\"incomplete\":[", (long long)pairs, (long long)states);
    for (size_t index = 0; index < findings->incomplete_count; index++) {
        text_append(out, index ? "," : "");
        text_append_json_string(out, findings->incomplete[index]);
    }
    text_append(out, "]}");
}

static void append_rows(struct text *out, const struct compare *compare, const char *name, const struct compare_row *rows, size_t count) {
    text_append_format(out, ",\n\"%s\":[", name);
    for (size_t index = 0; index < count; index++) {
        text_append(out, index ? ",\n{" : "{");
        append_field(out, "name", rows[index].name);
        text_append_format(out,
                           ",\"before\":%lld,\"after\":%lld,\"delta\":%lld,\"states_before\":%lld,\"states_after\":%lld,"
                           "\"predicted\":",
                           (long long)rows[index].before, (long long)rows[index].after, (long long)(rows[index].after - rows[index].before),
                           (long long)rows[index].states_before, (long long)rows[index].states_after);
        if (compare_is_predicted(compare)) {
            text_append_format(out, "%lld}", (long long)rows[index].predicted);
        } else {
            text_append(out, "null}");
        }
    }
    text_append(out, "]");
}

struct error *compare_write_json(const struct compare *compare, struct text *out) {
    text_append_format(out, "{\"schema_version\":1,\"complete\":%s,\"observed\":%s,\"common_transactions\":%zu",
                       compare_is_complete(compare) ? "true" : "false", compare->observed ? "true" : "false", compare->common_count);
    text_append(out, ",\"share\":");
    if (compare->before_pairs) {
        text_append_format(out, "%.6f", (double)compare->after_pairs / (double)compare->before_pairs);
    } else {
        text_append(out, "null");
    }
    append_side(out, "before", compare->before, compare->before_pairs, compare->before_states);
    append_side(out, "after", compare->after, compare->after_pairs, compare->after_states);
    const struct compare_prediction *prediction = &compare->prediction;
    if (compare_is_predicted(compare)) {
        text_append_format(
            out, ",\n\"plan\":{\"predicted\":%zu,\"gone_as_planned\":%zu,\"gone_beyond_plan\":%zu,\"kept_as_planned\":%zu,\"kept_against_plan\":%zu}",
            prediction->predicted, prediction->gone, prediction->gone_beyond, prediction->kept, prediction->kept_against);
    } else {
        text_append(out, ",\n\"plan\":null");
    }
    for (enum compare_change change = COMPARE_REMOVED; change < COMPARE_CHANGE_COUNT; change++) {
        const char *separator = "";
        text_append_format(out, ",\n\"%s\":[", compare_change_name(change));
        for (size_t index = 0; index < compare->pair_count; index++) {
            const struct compare_pair *pair = &compare->pairs[index];
            if (pair->change != change) {
                continue;
            }
            text_append(out, separator);
            text_append_char(out, '{');
            append_field(out, "transaction", pair->common_name);
            text_append_char(out, ',');
            append_field(out, "state", pair->key);
            if (pair->after_key) {
                text_append_char(out, ',');
                append_field(out, "state_after", pair->after_key);
            }
            if (pair->before_owner) {
                text_append_char(out, ',');
                append_field(out, "owner_before", pair->before_owner);
            }
            if (pair->after_owner) {
                text_append_char(out, ',');
                append_field(out, "owner_after", pair->after_owner);
            }
            text_append_char(out, '}');
            separator = ",\n";
        }
        text_append(out, "]");
    }
    append_rows(out, compare, "entities", compare->entities, compare->entity_count);
    append_rows(out, compare, "objects", compare->objects, compare->object_count);
    text_append(out, ",\n\"transactions\":[");
    for (size_t index = 0; index < compare->common_count; index++) {
        text_append(out, index ? "," : "");
        text_append_json_string(out, compare->common[index]);
    }
    text_append(out, "],\n\"left_out\":[");
    for (size_t index = 0; index < compare->left_out_count; index++) {
        text_append(out, index ? ",\n{" : "{");
        append_field(out, "transaction", compare->left_out[index].common_name);
        text_append_char(out, ',');
        append_field(out, "why", compare->left_out[index].why);
        text_append_char(out, '}');
    }
    text_append(out, "]");
    cost_write_json(&compare->cost, out);
    text_append(out, "}\n");
    return out->failed ? error_out_of_memory() : NULL;
}
