#include "gate/gate_formats.h"

#include <stdlib.h>

#include "findings/fingerprint.h"
#include "findings/wording.h"

static void append_field(struct text *out, const char *name, const char *value) {
    text_append_json_string(out, name);
    text_append_char(out, ':');
    text_append_json_string(out, value);
    text_append_char(out, ',');
}

static struct error *append_entry(struct text *out, const struct gate *gate, const struct gate_output *output, const struct gate_entry *entry) {
    const struct finding *finding = gate_entry_finding(entry);
    struct finding_step *steps SCOPE_FREE = NULL;
    size_t count = 0;
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = gate_entry_witness(gate, output, entry, &steps, &count);
    if (error) {
        return error;
    }
    text_append_char(out, '{');
    append_field(out, "fingerprint", finding->fingerprint);
    append_field(out, "rule", "state-spill");
    append_field(out, "state", finding->key);
    append_field(out, "transaction", finding->transaction);
    append_field(out, "common_name", finding->common_name);
    append_field(out, "entity", finding->entity);
    append_field(out, "owner", finding->owner);
    append_field(out, "kind", finding_kind_name(finding->kind));
    append_field(out, "certainty", finding_certainty_name(finding->certainty));
    append_field(out, "tier", entry->tier);
    append_field(out, "code", gate_code_name(entry->code));
    append_field(out, "file", finding->file);
    text_append_format(out, "\"line\":%lld,\"observed\":%lld,\"leaves\":%lld,\"suppressed\":%s,", (long long)finding->line,
                       (long long)finding->observed, (long long)finding->leaves, entry->suppressed ? "true" : "false");
    if (entry->base && entry->head) {
        text_append_format(out, "\"was\":{\"state\":");
        text_append_json_string(out, entry->base->key);
        text_append_format(out, ",\"leaves\":%lld,\"bits\":%lld},", (long long)entry->base->leaves, (long long)entry->base->bits);
    }
    if (entry->declared) {
        append_field(out, "declared", entry->declared->declared);
        append_field(out, "declared_reason", entry->declared->declared_reason);
    }
    wording_message(&words, finding);
    append_field(out, "message", text_string(&words));
    text_append(out, "\"patterns\":[");
    const char *separator = "";
    for (size_t pattern = 0; pattern < PATTERN_COUNT; pattern++) {
        if (finding->patterns >> pattern & 1) {
            text_append_format(out, "%s\"%s\"", separator, pattern_name((enum finding_pattern)pattern));
            separator = ",";
        }
    }
    text_append(out, "],\"witness\":[");
    for (size_t index = 0; index < count; index++) {
        text_append(out, index ? ",{" : "{");
        append_field(out, "function", steps[index].function);
        append_field(out, "file", steps[index].file);
        append_field(out, "why", steps[index].why);
        text_append_format(out, "\"line\":%lld}", (long long)steps[index].line);
    }
    text_append(out, "]}");
    return NULL;
}

static void append_side(struct text *out, const char *name, const struct findings *findings, const char *path, int64_t states) {
    text_append_format(out, ",\n\"%s\":{", name);
    append_field(out, "database", path);
    append_field(out, "kernel", findings->kernel);
    append_field(out, "revision", findings->revision);
    append_field(out, "configuration", findings->configuration);
    text_append_format(out, "\"units\":%lld,\"units_failed\":%lld,\"states\":%lld}", (long long)findings->units, (long long)findings->units_failed,
                       (long long)states);
}

static void append_policy(struct text *out, const struct gate *gate) {
    text_append(out, ",\n\"suppressions\":[");
    for (size_t index = 0; index < gate->suppression_count; index++) {
        const struct gate_suppression *suppression = &gate->suppressions[index];
        text_append(out, index ? ",\n{" : "{");
        append_field(out, "fingerprint", suppression->fingerprint);
        if (!*suppression->fingerprint) {
            append_field(out, suppression->variable ? "variable" : "function", gate_suppression_subject(suppression));
        }
        append_field(out, "owner", suppression->owner);
        append_field(out, "reason", suppression->reason);
        append_field(out, "expires", suppression->expires);
        append_field(out, "origin", suppression->origin);
        text_append_format(out, "\"state\":\"%s\"}", !suppression->matched ? "stale" : suppression->expired ? "expired" : "active");
    }
    text_append(out, "],\n\"budgets\":[");
    for (size_t index = 0; index < gate->budget_count; index++) {
        const struct gate_budget *budget = &gate->budgets[index];
        text_append(out, index ? ",\n{" : "{");
        append_field(out, "entity", budget->entity);
        append_field(out, "origin", budget->origin);
        text_append_format(out, "\"limit\":%lld,\"count\":%lld,\"exceeded\":%s,\"stale\":%s}", (long long)budget->limit, (long long)budget->count,
                           budget->count > budget->limit ? "true" : "false", budget->idle ? "true" : "false");
    }
    text_append(out, "],\n\"entities\":[");
    for (size_t index = 0; index < gate->entity_count; index++) {
        text_append(out, index ? ",\n{" : "{");
        append_field(out, "entity", gate->entities[index].name);
        text_append_format(out, "\"base\":%lld,\"head\":%lld}", (long long)gate->entities[index].base, (long long)gate->entities[index].head);
    }
    text_append(out, "]");
}

static void append_unknowns(struct text *out, const struct gate *gate) {
    text_append(out, ",\n\"unknowns\":[");
    for (size_t index = 0; index < gate->unknown_count; index++) {
        const struct gate_unknown *unknown = &gate->unknowns[index];
        text_append(out, index ? ",\n{" : "{");
        append_field(out, "transaction", unknown->transaction);
        append_field(out, "cause", unknown->cause);
        append_field(out, "detail", unknown->detail);
        append_field(out, "file", unknown->file);
        text_append_format(out, "\"line\":%lld}", (long long)unknown->line);
    }
    text_append(out, "]");
}

struct error *gate_write_json(const struct gate *gate, const struct gate_output *output, struct text *out) {
    text_append_format(out, "{\"schema_version\":1,\"verdict\":\"%s\",\"complete\":%s,\"mode\":\"%s\"", gate_verdict_name(gate->verdict),
                       gate->is_incomplete ? "false" : "true", gate->mode == GATE_STATIC ? "static" : "observed");
    struct error *error = NULL;
    for (int change = GATE_NEW; change < GATE_CHANGE_COUNT && !error; change++) {
        const char *separator = "";
        text_append_format(out, ",\n\"%s\":[", gate_change_name((enum gate_change)change));
        for (size_t index = 0; index < gate->entry_count && !error; index++) {
            if ((int)gate->entries[index].change == change && !gate->entries[index].suppressed) {
                text_append(out, separator);
                error = append_entry(out, gate, output, &gate->entries[index]);
                separator = ",\n";
            }
        }
        text_append(out, "]");
    }
    text_append_format(out, ",\n\"suppressed\":%zu,\"stale\":%zu,\"first_seen\":%zu,\"not_observed\":%zu", gate->suppressed, gate->stale,
                       gate->first_seen, gate->not_observed);
    text_append(out, ",\n\"matched\":{");
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        text_append_format(out, "%s\"%s\":%zu", tier ? "," : "", fingerprint_tier_name((enum fingerprint_tier)tier), gate->matched[tier]);
    }
    text_append(out, "},\n\"incomplete\":[");
    for (size_t index = 0; index < gate->reason_count; index++) {
        text_append(out, index ? "," : "");
        text_append_json_string(out, gate->reasons[index]);
    }
    text_append(out, "]");
    append_policy(out, gate);
    append_unknowns(out, gate);
    append_side(out, "base", gate->base, output->base_path, gate->base_states);
    append_side(out, "head", gate->head, output->head_path, gate->head_states);
    text_append(out, "}\n");
    return error;
}
