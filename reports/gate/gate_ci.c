#include "gate/gate_formats.h"

#include <stdio.h>
#include <stdlib.h>

#include "findings/digest.h"
#include "findings/wording.h"
#include "gate/gate_problems.h"
#include "spillscope/escape.h"

/* Formats that continuous integration reads: GitLab code quality, JUnit, a markdown job summary, GitHub workflow commands. */

#define ANNOTATION_LIMIT 10 /* GitHub shows ten of a kind a step */
#define MARKDOWN_LIMIT 100

/* A problem's words, as they are shown at the place where it stands. */
static void append_issue(struct text *out, const char *words, const char *check, const char *fingerprint, const char *severity, const char *file,
                         int64_t line) {
    text_append(out, "{\"description\":");
    escape_json_shown(out, words);
    text_append_format(out, ",\"check_name\":\"%s\",\"fingerprint\":\"%.*s\",\"severity\":\"%s\",\"location\":{\"path\":", check, FINGERPRINT_LENGTH,
                       fingerprint, severity);
    escape_json_path(out, file && *file ? file : "unknown");
    text_append_format(out, ",\"lines\":{\"begin\":%lld}}}", line > 0 ? (long long)line : 1LL);
}

struct error *gate_write_gitlab(const struct gate *gate, const struct gate_output *output, struct text *out) {
    (void)output;
    const char *separator = "";
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    struct gate_problems problems __attribute__((cleanup(gate_problems_deinit))) = {0};
    struct error *error = gate_problems_list(gate, &problems);
    text_append(out, "[");
    for (size_t index = 0; index < gate->entry_count && !error; index++) {
        const struct gate_entry *entry = &gate->entries[index];
        const struct finding *finding = gate_entry_finding(entry);
        if (!gate_entry_fails(entry)) {
            continue;
        }
        text_clear(&words);
        wording_message(&words, finding);
        text_append_format(&words, " [%s, %.*s]", gate_change_name(entry->change), FINGERPRINT_SHORT, finding->fingerprint);
        text_append(out, separator);
        append_issue(out, text_string(&words), "state-spill", finding->fingerprint, finding->certainty == FINDING_OBSERVED ? "major" : "minor",
                     finding->file, finding->line);
        separator = ",\n";
    }
    for (size_t index = 0; index < problems.count && !error; index++) {
        const struct gate_problem *problem = &problems.items[index];
        char check[32];
        char fingerprint[2 * DIGEST_SIZE + 1];
        snprintf(check, sizeof check, "spillscope-%s", gate_problem_name(problem->kind));
        text_clear(&words);
        text_append_format(&words, "%s\n%s\n%s\n%lld", check, problem->words, problem->file ? problem->file : "", (long long)problem->line);
        digest_hex(text_string(&words), fingerprint);
        text_append(out, separator);
        append_issue(out, problem->words, check, fingerprint, problem->kind == PROBLEM_INCOMPLETE ? "critical" : "major", problem->file,
                     problem->line);
        separator = ",\n";
    }
    text_append(out, "]\n");
    return error ? error : words.failed ? error_out_of_memory() : NULL;
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

/* The test case of a finding: its name ends with the fingerprint, for readers keep one case of each name. */
static struct error *append_finding_case(struct text *out, const struct gate *gate, const struct gate_output *output,
                                         const struct gate_entry *entry) {
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    const struct finding *finding = gate_entry_finding(entry);
    struct finding_step *steps SCOPE_FREE = NULL;
    size_t count = 0;
    struct error *error = gate_entry_witness(gate, output, entry, &steps, &count);
    text_append_format(&words, "%s %s %s %.*s", finding->transaction, finding->key, finding_kind_name(finding->kind), FINGERPRINT_SHORT,
                       finding->fingerprint);
    append_case(out, finding->entity, text_string(&words));
    if (*finding->file) {
        text_clear(&words);
        escape_path(&words, finding->file);
        append_attribute(out, "file", text_string(&words));
        text_append_format(out, " line=\"%lld\"", finding->line > 0 ? (long long)finding->line : 1LL);
    }
    text_clear(&words);
    wording_message(&words, finding);
    text_append(out, ">\n    <failure");
    append_attribute(out, "type", gate_change_name(entry->change));
    append_attribute(out, "message", text_string(&words));
    text_append(out, ">");
    for (size_t step = 0; step < count; step++) {
        text_clear(&words);
        text_append_format(&words, "%s:%lld: %s: %s", steps[step].file, (long long)steps[step].line, steps[step].function, steps[step].why);
        escape_xml(out, text_string(&words));
        text_append(out, "\n");
    }
    text_append(out, "</failure>\n  </testcase>\n");
    return error ? error : words.failed ? error_out_of_memory() : NULL;
}

/* One case for the problems of the kinds [first, last]: passes when there is none. */
static void append_problem_case(struct text *out, const struct gate_problems *problems, const char *class_name, const char *name,
                                enum gate_problem_kind first, enum gate_problem_kind last) {
    const char *element = first == PROBLEM_INCOMPLETE ? "error" : "failure";
    size_t count = 0;
    append_case(out, class_name, name);
    for (size_t index = 0; index < problems->count; index++) {
        const struct gate_problem *problem = &problems->items[index];
        if (problem->kind < first || problem->kind > last) {
            continue;
        }
        if (!count++) {
            text_append_format(out, ">\n    <%s type=\"%s\"", element, gate_problem_name(problem->kind));
            append_attribute(out, "message", problem->words);
            text_append(out, ">");
        }
        escape_xml(out, problem->words);
        text_append(out, "\n");
    }
    if (count) {
        text_append_format(out, "</%s>\n  </testcase>\n", element);
    } else {
        text_append(out, "/>\n");
    }
}

struct error *gate_write_junit(const struct gate *gate, const struct gate_output *output, struct text *out) {
    struct text body __attribute__((cleanup(text_deinit))) = {0};
    struct gate_problems problems __attribute__((cleanup(gate_problems_deinit))) = {0};
    size_t failures = 0;
    struct error *error = gate_problems_list(gate, &problems);
    for (size_t index = 0; index < gate->entry_count && !error; index++) {
        if (gate_entry_fails(&gate->entries[index])) {
            error = append_finding_case(&body, gate, output, &gate->entries[index]);
            failures++;
        }
    }
    if (error) {
        return error;
    }
    append_problem_case(&body, &problems, "spillscope.policy", "budgets and suppressions", PROBLEM_BUDGET, PROBLEM_SUPPRESSION);
    append_problem_case(&body, &problems, "spillscope.unknown", "no new unknown that fails the gate", PROBLEM_UNKNOWN, PROBLEM_UNKNOWN);
    append_problem_case(&body, &problems, "spillscope.complete", "both databases are complete", PROBLEM_INCOMPLETE, PROBLEM_INCOMPLETE);
    size_t cases = failures + 3;
    size_t errors = problems.counts[PROBLEM_INCOMPLETE] > 0;
    failures += problems.counts[PROBLEM_BUDGET] || problems.counts[PROBLEM_SUPPRESSION];
    failures += problems.counts[PROBLEM_UNKNOWN] > 0;
    text_append_format(out,
                       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"spillscope gate\" tests=\"%zu\" failures=\"%zu\" "
                       "errors=\"%zu\" skipped=\"0\">\n",
                       cases, failures, errors);
    text_append(out, text_string(&body));
    text_append(out, "</testsuite>\n</testsuites>\n");
    return body.failed ? error_out_of_memory() : NULL;
}

struct error *gate_write_markdown(const struct gate *gate, const struct gate_output *output, struct text *out) {
    static const char *const words[] = {"pass", "**FAIL**", "**INCOMPLETE**"};
    struct text names __attribute__((cleanup(text_deinit))) = {0};
    struct gate_problems problems __attribute__((cleanup(gate_problems_deinit))) = {0};
    struct error *error = gate_problems_list(gate, &problems);
    if (error) {
        return error;
    }
    (void)output;
    text_append_format(out, "## Spillscope gate: %s%s\n\n", words[gate->verdict], gate->failed && gate->is_incomplete ? " and **INCOMPLETE**" : "");
    text_append(out, "| new | grown | shrunk | resolved | suppressed | stale | states |\n|--:|--:|--:|--:|--:|--:|--:|\n");
    text_append_format(out, "| %zu | %zu | %zu | %zu | %zu | %zu | %lld → %lld |\n\n", gate->counts[GATE_NEW], gate->counts[GATE_GROWN],
                       gate->counts[GATE_SHRUNK], gate->counts[GATE_RESOLVED], gate->suppressed, gate->stale, (long long)gate->base_states,
                       (long long)gate->head_states);
    for (size_t index = 0; index < problems.count && index < MARKDOWN_LIMIT; index++) {
        text_append_format(out, "- %s: ", gate_problem_name(problems.items[index].kind));
        escape_markdown(out, problems.items[index].words);
        text_append(out, "\n");
    }
    if (problems.count > MARKDOWN_LIMIT) {
        text_append_format(out, "- %zu more are not shown\n", problems.count - MARKDOWN_LIMIT);
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
    text_append_format(&words, " [%.*s]", FINGERPRINT_SHORT, finding->fingerprint);
    escape_workflow(out, text_string(&words), false);
    text_append(out, "\n");
}

static void append_problem_annotation(struct text *out, const struct gate_problem *problem) {
    struct text path __attribute__((cleanup(text_deinit))) = {0};
    text_append(out, "::error ");
    if (problem->file) {
        text_append(out, "file=");
        escape_path(&path, problem->file);
        escape_workflow(out, text_string(&path), true);
        text_append_format(out, ",line=%lld,", problem->line > 0 ? (long long)problem->line : 1LL);
    }
    text_append_format(out, "title=spillscope %s::", gate_problem_name(problem->kind));
    escape_workflow(out, problem->words, false);
    text_append(out, "\n");
}

struct error *gate_write_annotations(const struct gate *gate, const struct gate_output *output, struct text *out) {
    struct gate_problems problems __attribute__((cleanup(gate_problems_deinit))) = {0};
    struct error *error = gate_problems_list(gate, &problems);
    if (error) {
        return error;
    }
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
    size_t told = 0;
    for (size_t index = 0; index < problems.count && told < ANNOTATION_LIMIT; index++, told++) {
        append_problem_annotation(out, &problems.items[index]);
    }
    if (total > shown) {
        text_append_format(out, "::notice title=spillscope::%zu findings are not shown\n", total - shown);
    }
    if (problems.count > told) {
        text_append_format(out, "::notice title=spillscope::%zu problems are not shown\n", problems.count - told);
    }
    return NULL;
}
