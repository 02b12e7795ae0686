#include "gate/gate_formats.h"

#include <stdlib.h>

#include "findings/wording.h"
#include "spillscope/escape.h"

/* Formats that continuous integration reads: GitLab code quality, JUnit, a markdown job summary, GitHub workflow commands. */

#define ANNOTATION_LIMIT 10 /* GitHub shows ten of a kind a step */
#define MARKDOWN_LIMIT 100

/* A finding of ours that stands for no place in the source: why the gate says no besides findings. */
static void failure_words(struct text *out, const struct gate *gate) {
    for (size_t index = 0; index < gate->budget_count; index++) {
        const struct gate_budget *budget = &gate->budgets[index];
        if (budget->count > budget->limit) {
            text_append_format(out, "%sentity %s holds %lld findings, its budget is %lld (%s)", out->length ? "; " : "", budget->entity,
                               (long long)budget->count, (long long)budget->limit, budget->origin);
        }
    }
    for (size_t index = 0; index < gate->suppression_count; index++) {
        const struct gate_suppression *suppression = &gate->suppressions[index];
        if (suppression->expired || !suppression->matched) {
            text_append_format(out, "%ssuppression %s (%s, owner %s) %s", out->length ? "; " : "", gate_suppression_subject(suppression),
                               suppression->origin, suppression->owner, suppression->matched ? "has expired" : "covers no finding");
        }
    }
}

struct error *gate_write_gitlab(const struct gate *gate, const struct gate_output *output, struct text *out) {
    (void)output;
    const char *separator = "";
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    text_append(out, "[");
    for (size_t index = 0; index < gate->entry_count; index++) {
        const struct gate_entry *entry = &gate->entries[index];
        const struct finding *finding = gate_entry_finding(entry);
        if (!gate_entry_fails(entry)) {
            continue;
        }
        text_clear(&words);
        wording_message(&words, finding);
        text_append(out, separator);
        text_append(out, "{\"description\":");
        escape_json_shown(out, text_string(&words));
        text_append_format(out,
                           ",\"check_name\":\"state-spill\",\"fingerprint\":\"%s\",\"severity\":\"%s\",\"location\":{\"path\":", finding->fingerprint,
                           finding->certainty == FINDING_OBSERVED ? "major" : "minor");
        escape_json_path(out, *finding->file ? finding->file : "unknown");
        text_append_format(out, ",\"lines\":{\"begin\":%lld}}}", finding->line > 0 ? (long long)finding->line : 1LL);
        separator = ",\n";
    }
    text_append(out, "]\n");
    return NULL;
}

static void append_attribute(struct text *out, const char *name, const char *value) {
    text_append_format(out, " %s=\"", name);
    escape_xml(out, value);
    text_append(out, "\"");
}

static void append_case(struct text *out, const char *class_name, const char *name) {
    text_append(out, "  <testcase");
    append_attribute(out, "classname", class_name);
    append_attribute(out, "name", name);
}

struct error *gate_write_junit(const struct gate *gate, const struct gate_output *output, struct text *out) {
    struct text body __attribute__((cleanup(text_deinit))) = {0};
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    size_t failures = 0;
    size_t cases = 2;
    struct error *error = NULL;
    for (size_t index = 0; index < gate->entry_count && !error; index++) {
        const struct gate_entry *entry = &gate->entries[index];
        const struct finding *finding = gate_entry_finding(entry);
        struct finding_step *steps SCOPE_FREE = NULL;
        size_t count = 0;
        if (!gate_entry_fails(entry)) {
            continue;
        }
        error = gate_entry_witness(gate, output, entry, &steps, &count);
        text_clear(&words);
        text_append_format(&words, "%s %s %s", finding->transaction, finding->key, finding_kind_name(finding->kind));
        append_case(&body, finding->entity, text_string(&words));
        text_clear(&words);
        wording_message(&words, finding);
        text_append(&body, ">\n    <failure");
        append_attribute(&body, "type", gate_change_name(entry->change));
        append_attribute(&body, "message", text_string(&words));
        text_append(&body, ">");
        for (size_t step = 0; step < count; step++) {
            text_clear(&words);
            text_append_format(&words, "%s:%lld: %s: %s", steps[step].file, (long long)steps[step].line, steps[step].function, steps[step].why);
            escape_xml(&body, text_string(&words));
            text_append(&body, "\n");
        }
        text_append(&body, "</failure>\n  </testcase>\n");
        failures++;
        cases++;
    }
    text_clear(&words);
    failure_words(&words, gate);
    append_case(&body, "spillscope.policy", "budgets and suppressions");
    if (words.length) {
        text_append(&body, ">\n    <failure type=\"policy\"");
        append_attribute(&body, "message", text_string(&words));
        text_append(&body, "/>\n  </testcase>\n");
        failures++;
    } else {
        text_append(&body, "/>\n");
    }
    append_case(&body, "spillscope.complete", "both databases are complete");
    for (size_t index = 0; index < gate->reason_count; index++) {
        text_append(&body, index ? "" : ">\n    <error type=\"incomplete\" message=\"the result is incomplete\">");
        escape_xml(&body, gate->reasons[index]);
        text_append(&body, "\n");
    }
    text_append(&body, gate->reason_count ? "</error>\n  </testcase>\n" : "/>\n");
    text_append_format(out,
                       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"spillscope gate\" tests=\"%zu\" failures=\"%zu\" "
                       "errors=\"%d\">\n",
                       cases, failures, gate->reason_count ? 1 : 0);
    text_append(out, text_string(&body));
    text_append(out, "</testsuite>\n</testsuites>\n");
    return body.failed || words.failed ? error_out_of_memory() : error;
}

struct error *gate_write_markdown(const struct gate *gate, const struct gate_output *output, struct text *out) {
    static const char *const words[] = {"pass", "**FAIL**", "**INCOMPLETE**"};
    struct text names __attribute__((cleanup(text_deinit))) = {0};
    (void)output;
    text_append_format(out, "## Spillscope gate: %s%s\n\n", words[gate->verdict], gate->failed && gate->is_incomplete ? " and **INCOMPLETE**" : "");
    text_append(out, "| new | grown | shrunk | resolved | suppressed | stale | states |\n|--:|--:|--:|--:|--:|--:|--:|\n");
    text_append_format(out, "| %zu | %zu | %zu | %zu | %zu | %zu | %lld → %lld |\n\n", gate->counts[GATE_NEW], gate->counts[GATE_GROWN],
                       gate->counts[GATE_SHRUNK], gate->counts[GATE_RESOLVED], gate->suppressed, gate->stale, (long long)gate->base_states,
                       (long long)gate->head_states);
    for (size_t index = 0; index < gate->reason_count; index++) {
        text_append(out, "- incomplete: ");
        escape_markdown(out, gate->reasons[index]);
        text_append(out, "\n");
    }
    failure_words(&names, gate);
    if (names.length) {
        text_append(out, "- policy: ");
        escape_markdown(out, text_string(&names));
        text_append(out, "\n");
    }
    if (gate->entry_count) {
        text_append(out, "\n| change | place | finding | patterns | fingerprint |\n|---|---|---|---|---|\n");
    }
    for (size_t index = 0; index < gate->entry_count && index < MARKDOWN_LIMIT; index++) {
        const struct gate_entry *entry = &gate->entries[index];
        const struct finding *finding = gate_entry_finding(entry);
        text_append_format(out, "| %s%s | ", entry->declared ? "declared" : gate_change_name(entry->change),
                           entry->suppressed ? " (suppressed)" : "");
        escape_markdown(out, *finding->file ? finding->file : "?");
        text_append_format(out, ":%lld | ", (long long)finding->line);
        text_clear(&names);
        wording_message(&names, finding);
        escape_markdown(out, text_string(&names));
        text_append(out, " | ");
        wording_patterns(out, finding);
        text_append_format(out, " | `%.*s` |\n", FINGERPRINT_SHORT, finding->fingerprint);
    }
    if (gate->entry_count > MARKDOWN_LIMIT) {
        text_append_format(out, "\n%zu more findings are not shown.\n", gate->entry_count - MARKDOWN_LIMIT);
    }
    return names.failed ? error_out_of_memory() : NULL;
}

static void append_annotation(struct text *out, const struct gate_entry *entry) {
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    const struct finding *finding = gate_entry_finding(entry);
    text_append(out, "::warning file=");
    escape_path(&words, *finding->file ? finding->file : "unknown");
    escape_workflow(out, text_string(&words), true);
    text_clear(&words);
    text_append_format(out, ",line=%lld,title=", finding->line > 0 ? (long long)finding->line : 1LL);
    text_append_format(&words, "state spill (%s)", gate_change_name(entry->change));
    escape_workflow(out, text_string(&words), true);
    text_append(out, "::");
    text_clear(&words);
    wording_message(&words, finding);
    escape_workflow(out, text_string(&words), false);
    text_append(out, "\n");
}

struct error *gate_write_annotations(const struct gate *gate, const struct gate_output *output, struct text *out) {
    (void)output;
    size_t shown = 0;
    size_t total = 0;
    for (int weight = 0; weight < GATE_ENTRY_WEIGHTS; weight++) {
        for (size_t index = 0; index < gate->entry_count; index++) {
            if (gate_entry_fails(&gate->entries[index]) && gate_entry_weight(&gate->entries[index]) == weight) {
                total++;
                if (shown < ANNOTATION_LIMIT) {
                    append_annotation(out, &gate->entries[index]);
                    shown++;
                }
            }
        }
    }
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    failure_words(&words, gate);
    if (words.length) {
        text_append(out, "::error title=spillscope policy::");
        escape_workflow(out, text_string(&words), false);
        text_append(out, "\n");
    }
    for (size_t index = 0; index < gate->reason_count && index < ANNOTATION_LIMIT; index++) {
        text_append(out, "::error title=spillscope incomplete::");
        escape_workflow(out, gate->reasons[index], false);
        text_append(out, "\n");
    }
    if (total > shown) {
        text_append_format(out, "::notice title=spillscope::%zu findings are not shown\n", total - shown);
    }
    return words.failed ? error_out_of_memory() : NULL;
}
