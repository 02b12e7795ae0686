#include "gate/gate_formats.h"

#include <stdlib.h>

#include "findings/wording.h"
#include "gate/gate_problems.h"
#include "spillscope/escape.h"

#define GITHUB_LIMIT 5000 /* results of a run that GitHub shows; it refuses a file with more than 25,000 */

/* SARIF 2.1.0. `github` drops what GitHub ignores or misreads: suppressed and resolved results. */

static void append_uri(struct text *out, const char *path) {
    struct text uri __attribute__((cleanup(text_deinit))) = {0};
    escape_uri_path(&uri, path);
    text_append_json_string(out, text_string(&uri));
}

/* SARIF reads "[text](target)" in a message as a link: no name may make one. */
static void append_message(struct text *out, const char *message) {
    struct text shown __attribute__((cleanup(text_deinit))) = {0};
    struct text plain __attribute__((cleanup(text_deinit))) = {0};
    escape_terminal(&shown, message); /* what stands for a character that is not shown ends with a bracket, too */
    for (const char *at = text_string(&shown); *at; at++) {
        text_append_char(&plain, *at);
        text_append(&plain, at[0] == ']' && at[1] == '(' ? " " : "");
    }
    text_append_json_string(out, text_string(&plain));
}

static void append_location(struct text *out, const char *file, int64_t line, const char *message) {
    long long start = line > 0 ? (long long)line : 1;
    text_append(out, "{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
    append_uri(out, *file ? file : "unknown");
    text_append(out, ",\"uriBaseId\":\"SRCROOT\"},\"region\":{");
    text_append_format(out, "\"startLine\":%lld,\"startColumn\":1,\"endLine\":%lld,\"endColumn\":2}}", start, start);
    if (message) {
        text_append(out, ",\"message\":{\"text\":");
        append_message(out, message);
        text_append(out, "}");
    }
    text_append(out, "}");
}

static void append_rules(struct text *out) {
    text_append(
        out,
        "\"rules\":[{\"id\":\"state-spill\",\"name\":\"StateSpill\",\"shortDescription\":{\"text\":\"A request leaves a lasting change in a "
        "server's state\"},\"fullDescription\":{\"text\":\"Handling a transaction changes state that its client does not own and that outlives the "
        "transaction. Such state ties the fates of client and server together.\"},\"help\":{\"text\":\"");
    text_append(out, "Run 'spillscope explain FINGERPRINT --db FILE' for the call chain and what a redesign could do.");
    for (int pattern = 0; pattern < PATTERN_COUNT; pattern++) {
        text_append_format(out, " %s: %s %s", pattern_name((enum finding_pattern)pattern), wording_pattern_summary((enum finding_pattern)pattern),
                           wording_remedy((enum finding_pattern)pattern));
    }
    text_append(out, "\"},\"defaultConfiguration\":{\"level\":\"warning\"},\"properties\":{\"tags\":[\"design\",\"state-spill\"]}}]");
}

static void append_code_flow(struct text *out, const struct finding_step *steps, size_t count) {
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    text_append(out, ",\"codeFlows\":[{\"threadFlows\":[{\"locations\":[");
    for (size_t index = 0; index < count; index++) {
        text_clear(&words);
        text_append_format(&words, "%s: %s", steps[index].function, steps[index].why);
        text_append(out, index ? ",{\"location\":" : "{\"location\":");
        append_location(out, steps[index].file, steps[index].line, text_string(&words));
        text_append(out, "}");
    }
    text_append(out, "]}]}]");
}

static struct error *append_result(struct text *out, const struct gate *gate, const struct gate_output *output, const struct gate_entry *entry,
                                   bool github) {
    static const char *const baseline[GATE_CHANGE_COUNT] = {"new", "updated", "updated", "absent"};
    const struct finding *finding = gate_entry_finding(entry);
    struct finding_step *steps SCOPE_FREE = NULL;
    size_t count = 0;
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = gate_entry_witness(gate, output, entry, &steps, &count);
    if (error) {
        return error;
    }
    wording_message(&words, finding);
    text_append_format(&words, " [%s", gate_change_name(entry->change));
    if (finding->patterns) {
        text_append(&words, "; ");
        wording_patterns(&words, finding);
    }
    text_append(&words, "]");
    text_append_format(out, "{\"ruleId\":\"state-spill\",\"ruleIndex\":0,\"level\":\"%s\",\"message\":{\"text\":",
                       entry->change == GATE_NEW || entry->change == GATE_GROWN ? "warning" : "note");
    append_message(out, text_string(&words));
    text_append(out, "},\"locations\":[");
    append_location(out, finding->file, finding->line, NULL);
    text_append_format(out, "],\"partialFingerprints\":{\"primaryLocationLineHash\":\"%s\",\"spillscope/v1\":\"%s\"}", finding->fingerprint,
                       finding->fingerprint);
    if (!github) {
        text_append_format(out, ",\"baselineState\":\"%s\"", baseline[entry->change]);
    }
    if (entry->suppressed) {
        text_append_format(out, ",\"suppressions\":[{\"kind\":\"%s\",\"status\":\"accepted\"}]", entry->accepted ? "inSource" : "external");
    }
    if (count) {
        append_code_flow(out, steps, count);
    }
    text_append(out, "}");
    return NULL;
}

static void append_notification(struct text *out, const struct gate_problem *problem) {
    text_append(out, "{\"level\":\"error\",\"message\":{\"text\":");
    append_message(out, problem->words);
    text_append(out, "}");
    if (problem->file) {
        text_append(out, ",\"locations\":[");
        append_location(out, problem->file, problem->line, NULL);
        text_append(out, "]");
    }
    text_append_format(out, ",\"properties\":{\"kind\":\"%s\"}}", gate_problem_name(problem->kind));
}

static struct error *sarif_write(const struct gate *gate, const struct gate_output *output, bool github, struct text *out) {
    const char *separator = "";
    struct gate_problems problems __attribute__((cleanup(gate_problems_deinit))) = {0};
    struct error *error = gate_problems_list(gate, &problems);
    text_append(out,
                "{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\"version\":\"2.1.0\",");
    text_append(out, "\n\"runs\":[{\"tool\":{\"driver\":{\"name\":\"spillscope\",\"semanticVersion\":\"" SPILLSCOPE_VERSION "\",");
    append_rules(out);
    text_append(out, "}},\n\"originalUriBaseIds\":{\"SRCROOT\":{\"description\":{\"text\":\"root of the analysed source\"}}},\n");
    text_append_format(out, "\"invocations\":[{\"executionSuccessful\":%s,\"exitCode\":%d,\"toolExecutionNotifications\":[",
                       gate->is_incomplete ? "false" : "true", gate_exit_code(gate));
    for (size_t index = 0; index < problems.count; index++) {
        text_append(out, index ? "," : "");
        append_notification(out, &problems.items[index]);
    }
    text_append(out, "]}],\n\"results\":[");
    size_t shown = 0;
    for (int weight = 0; weight < (github ? GATE_ENTRY_WEIGHTS : 1) && !error; weight++) {
        for (size_t index = 0; index < gate->entry_count && !error; index++) {
            const struct gate_entry *entry = &gate->entries[index];
            if (github && (!gate_entry_fails(entry) || gate_entry_weight(entry) != weight || shown == GITHUB_LIMIT)) {
                continue;
            }
            text_append(out, separator);
            error = append_result(out, gate, output, entry, github);
            separator = ",\n";
            shown++;
        }
    }
    text_append(out, "],\n\"columnKind\":\"utf16CodeUnits\"}]}\n");
    return error;
}

struct error *gate_write_sarif(const struct gate *gate, const struct gate_output *output, struct text *out) {
    return sarif_write(gate, output, false, out);
}

struct error *gate_write_sarif_github(const struct gate *gate, const struct gate_output *output, struct text *out) {
    return sarif_write(gate, output, true, out);
}
