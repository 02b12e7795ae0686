#include "spillscope/explain.h"

#include <stdlib.h>
#include <string.h>

#include "explain/explain_plan.h"
#include "explain/rules.h"
#include "findings/state_readers.h"
#include "findings/wording.h"
#include "spillscope/escape.h"
#include "spillscope/state_key.h"

#define FINDING_LIMIT 40 /* findings explained in text; JSON has all */
#define READER_LIMIT 12  /* functions that read a state, named in text; JSON has all */

/* ---------------------------------------------------------------------------------------------------------- rules */

/* The parts of a rule in words; a pattern has two of them with the findings. */
static const char *rule_summary(const struct rule *rule) {
    return rule->summary ? rule->summary : wording_pattern_summary((enum finding_pattern)rule->pattern);
}

static const char *rule_remedy(const struct rule *rule) {
    return rule->remedy ? rule->remedy : wording_remedy((enum finding_pattern)rule->pattern);
}

static void rule_write(struct text *out, const struct rule *rule, const struct findings *findings, bool json) {
    struct text goals __attribute__((cleanup(text_deinit))) = {0};
    size_t count = 0;
    bool counted = findings && !rule->contract;
    for (size_t index = 0; counted && index < findings->count; index++) {
        count += findings_counts(findings, &findings->items[index]) &&
                 (rule->pattern == RULE_NO_PATTERN || findings->items[index].patterns >> rule->pattern & 1);
    }
    wording_goals(&goals, rule_goals(rule));
    if (json) {
        text_append_format(out, "{\"schema_version\":1,\"rule\":\"%s\",\"kind\":\"%s\",\"summary\":", rule->name,
                           rule->contract                     ? "contract"
                           : rule->pattern == RULE_NO_PATTERN ? "finding"
                                                              : "pattern");
        text_append_json_string(out, rule_summary(rule));
        text_append(out, ",\"recognised_by\":");
        text_append_json_string(out, rule->recognition);
        text_append_format(out, ",\"in_the_way_of\":\"%s\",\"redesign\":", text_string(&goals));
        text_append_json_string(out, rule_remedy(rule));
        text_append_format(out, counted ? ",\"findings\":%zu}\n" : "}\n", count);
        return;
    }
    text_append_format(out, "%s%s\n  %s\n  recognised by: %s\n", rule->name, rule->contract ? " (a contract, held by spillscope check)" : "",
                       rule_summary(rule), rule->recognition);
    if (goals.length) {
        text_append_format(out, "  in the way of: %s\n", text_string(&goals));
    }
    text_append_format(out, "  a redesign could: %s\n", rule_remedy(rule));
    if (counted) {
        text_append_format(out, "  in this database: %zu undeclared finding(s)\n", count);
    }
}

/* ------------------------------------------------------------------------------------------------------- matching */

static bool word_is_fingerprint(const char *word) {
    size_t length = strspn(word, "0123456789abcdef");
    return length >= 6 && length <= FINGERPRINT_LENGTH && !word[length];
}

/* Marks the findings that `word` means, trying the narrowest reading first: fingerprint, exact key, overlapping key, part of a key. */
static size_t findings_match(const struct findings *findings, const char *word, bool *matched) {
    for (int reading = word_is_fingerprint(word) ? 0 : 1; reading < 4; reading++) {
        size_t count = 0;
        for (size_t index = 0; index < findings->count; index++) {
            const struct finding *finding = &findings->items[index];
            matched[index] = reading == 0   ? strncmp(finding->fingerprint, word, strlen(word)) == 0
                             : reading == 1 ? strcmp(finding->key, word) == 0
                             : reading == 2 ? finding->certainty != FINDING_UNKNOWN && state_key_overlaps(finding->key, word)
                                            : strstr(finding->key, word) != NULL;
            count += matched[index];
        }
        if (count) {
            return count;
        }
    }
    return 0;
}

static struct error *ambiguous(const struct findings *findings, const char *word, const bool *matched) {
    struct text list __attribute__((cleanup(text_deinit))) = {0};
    size_t shown = 0;
    for (size_t index = 0; index < findings->count && shown < 5; index++) {
        if (matched[index]) {
            text_append_format(&list, "\n  %s  ", findings->items[index].fingerprint);
            escape_terminal(&list, findings->items[index].key);
            shown++;
        }
    }
    return error_create(ERROR_USAGE, "'%s' is short for more than one finding:%s", word, text_string(&list));
}

/* ----------------------------------------------------------------------------------------------------------- text */

static void append_line(struct text *out, const char *name, const char *value) {
    if (*value) {
        text_append_format(out, "  %s: ", name);
        escape_terminal(out, value);
        text_append(out, "\n");
    }
}

static struct error *finding_write_text(struct text *out, struct store *store, struct findings *findings, const struct state_readers *readers,
                                        const struct finding *finding) {
    struct finding_step *steps SCOPE_FREE = NULL;
    size_t count = 0;
    struct finding_example example = {0};
    bool found = false;
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = finding_witness(store, findings, finding, &steps, &count);
    if (!error && finding->certainty == FINDING_OBSERVED) {
        error = finding_example(store, findings, finding, &example, &found);
    }
    if (error) {
        return error;
    }
    wording_message(&words, finding);
    escape_terminal(out, text_string(&words));
    text_clear(&words);
    text_append_format(out, "\n  fingerprint: %s\n", finding->fingerprint);
    text_append_format(out, "  certainty: %s%s", finding_certainty_name(finding->certainty),
                       finding->shared ? " (shared: an overlapping task or interrupt cannot be excluded)" : "");
    if (finding->certainty == FINDING_OBSERVED) {
        text_append_format(out, ", in %lld of %lld observations", (long long)finding->observed, (long long)finding->txn_observed);
    }
    text_append(out, "\n");
    append_line(out, "entity called", finding->entity);
    append_line(out, "type", finding->type);
    wording_size(&words, finding);
    append_line(out, "size", text_string(&words));
    text_clear(&words);
    state_readers_words(&words, readers, finding->state_id, READER_LIMIT);
    append_line(out, "read by", text_string(&words));
    if (*finding->declared) {
        text_clear(&words);
        text_append_format(&words, "%s: %s", finding->declared, finding->declared_reason);
        append_line(out, "declared", text_string(&words));
    }
    if (found) {
        text_clear(&words);
        text_append_format(&words, "%s %s%s%s%s%s", example.instance, example.effect, *example.old_value ? ": " : "", example.old_value,
                           *example.new_value ? " -> " : "", example.new_value);
        append_line(out, "first seen", text_string(&words));
    }
    struct finding_harm *harms SCOPE_FREE = NULL;
    size_t harm_count = 0;
    error = finding_harms(store, findings, finding, &harms, &harm_count);
    for (size_t index = 0; index < harm_count; index++) {
        text_append_format(out, "  litmus: %s: %s, %lld time(s)\n", harms[index].action, harms[index].outcome, (long long)harms[index].times);
    }
    for (size_t index = 0; index < count; index++) {
        text_append(out, index ? "      -> " : "  chain: ");
        escape_terminal(out, steps[index].function);
        text_append(out, " at ");
        escape_terminal(out, steps[index].file);
        text_append_format(out, ":%lld: ", (long long)steps[index].line);
        escape_terminal(out, steps[index].why);
        text_append(out, "\n");
    }
    for (int pattern = 0; pattern < PATTERN_COUNT; pattern++) {
        if (finding->patterns >> pattern & 1) {
            append_line(out, pattern_name((enum finding_pattern)pattern), finding->evidence[pattern]);
        }
    }
    text_clear(&words);
    wording_goals(&words, finding->goals);
    append_line(out, "in the way of", text_string(&words));
    append_line(out, plan_fate_name(plan_fate(finding)), plan_fate_words(plan_fate(finding)));
    return words.failed ? error_out_of_memory() : error;
}

/* ----------------------------------------------------------------------------------------------------------- JSON */

static void append_field(struct text *out, const char *name, const char *value) {
    text_append_json_string(out, name);
    text_append_char(out, ':');
    text_append_json_string(out, value);
    text_append_char(out, ',');
}

static void readers_write_json(struct text *out, const struct state_readers *readers, int64_t state_id) {
    size_t count = 0;
    const struct state_reader *items = state_readers_find(readers, state_id, &count);
    text_append(out, readers->recorded ? ",\"readers\":[" : ",\"readers\":null");
    for (size_t index = 0; index < count; index++) {
        text_append(out, index ? ",{" : "{");
        append_field(out, "function", items[index].function);
        append_field(out, "entity", items[index].entity);
        append_field(out, "file", items[index].file);
        text_append_format(out, "\"line\":%lld}", (long long)items[index].line);
    }
    text_append(out, readers->recorded ? "]" : "");
}

static struct error *finding_write_json(struct text *out, struct store *store, struct findings *findings, const struct state_readers *readers,
                                        const struct finding *finding) {
    struct finding_step *steps SCOPE_FREE = NULL;
    size_t count = 0;
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = finding_witness(store, findings, finding, &steps, &count);
    if (error) {
        return error;
    }
    text_append_char(out, '{');
    append_field(out, "fingerprint", finding->fingerprint);
    append_field(out, "state", finding->key);
    append_field(out, "type", finding->type);
    append_field(out, "owner", finding->owner);
    append_field(out, "entity", finding->entity);
    append_field(out, "transaction", finding->transaction);
    append_field(out, "kind", finding_kind_name(finding->kind));
    append_field(out, "certainty", finding_certainty_name(finding->certainty));
    append_field(out, "harm", finding->harm);
    append_field(out, "declared", finding->declared);
    append_field(out, "declared_reason", finding->declared_reason);
    wording_goals(&words, finding->goals);
    append_field(out, "in_the_way_of", text_string(&words));
    append_field(out, "could_go", plan_fate_name(plan_fate(finding)));
    text_append_format(out, "\"shared\":%s,\"observed\":%lld,\"observations\":%lld,\"bits\":%lld,\"leaves\":%lld,\"patterns\":{",
                       finding->shared ? "true" : "false", (long long)finding->observed, (long long)finding->txn_observed, (long long)finding->bits,
                       (long long)finding->leaves);
    const char *separator = "";
    for (int pattern = 0; pattern < PATTERN_COUNT; pattern++) {
        if (finding->patterns >> pattern & 1) {
            text_append_format(out, "%s\"%s\":", separator, pattern_name((enum finding_pattern)pattern));
            text_append_json_string(out, finding->evidence[pattern]);
            separator = ",";
        }
    }
    text_append(out, "},\"witness\":[");
    for (size_t index = 0; index < count; index++) {
        text_append(out, index ? ",{" : "{");
        append_field(out, "function", steps[index].function);
        append_field(out, "file", steps[index].file);
        append_field(out, "why", steps[index].why);
        text_append_format(out, "\"line\":%lld}", (long long)steps[index].line);
    }
    text_append(out, "]");
    readers_write_json(out, readers, finding->state_id);
    text_append(out, "}");
    return NULL;
}

static struct error *findings_write(struct text *out, struct store *store, struct findings *findings, const bool *matched, size_t count, bool json) {
    struct state_readers readers __attribute__((cleanup(state_readers_deinit))) = {0};
    struct error *error = state_readers_load(store, findings->pool, &readers);
    size_t shown = 0;
    text_append(out, json ? "{\"schema_version\":1,\"findings\":[" : "");
    for (size_t index = 0; index < findings->count && !error && (json || shown < FINDING_LIMIT); index++) {
        if (matched[index]) {
            text_append(out, !shown ? "" : json ? ",\n" : "\n");
            error = (json ? finding_write_json : finding_write_text)(out, store, findings, &readers, &findings->items[index]);
            shown++;
        }
    }
    if (json) {
        text_append(out, "]}\n");
        return error;
    }
    if (shown < count) {
        text_append_format(out, "\n%zu more findings: --json has all\n", count - shown);
    }
    return error ? error : explain_plan_text(out, findings, matched);
}

static struct error *explain_plan_whole(struct text *out, const struct findings *findings) {
    return explain_plan_text(out, findings, NULL);
}

struct error *explain_write(struct store *store, const char *word, bool json, struct text *out) {
    struct findings *findings __attribute__((cleanup(scope_findings))) = NULL;
    bool *matched SCOPE_FREE = NULL;
    struct error *error = store ? findings_load(store, FINDINGS_ALL, &findings) : NULL;
    if (error) {
        return error;
    }
    const struct rule *rule = rule_find(word);
    if (rule) {
        rule_write(out, rule, findings, json);
        return out->failed ? error_out_of_memory() : NULL;
    }
    if (!findings) {
        struct text names __attribute__((cleanup(text_deinit))) = {0};
        rule_list(&names);
        return error_create(ERROR_USAGE, "'%s' is no rule (%s); a state, a fingerprint or the plan needs --db FILE", word, text_string(&names));
    }
    if (strcmp(word, EXPLAIN_PLAN) == 0) {
        error = (json ? explain_plan_json : explain_plan_whole)(out, findings);
        return error ? error : out->failed ? error_out_of_memory() : NULL;
    }
    matched = calloc(findings->count + 1, sizeof *matched);
    if (!matched) {
        return error_out_of_memory();
    }
    size_t count = *word ? findings_match(findings, word, matched) : 0;
    if (!count) {
        return error_create(ERROR_USAGE, "no finding has the fingerprint or the state '%s'", word);
    }
    size_t first = 0;
    while (!matched[first]) {
        first++;
    }
    if (count > 1 && word_is_fingerprint(word) && strncmp(findings->items[first].fingerprint, word, strlen(word)) == 0) {
        return ambiguous(findings, word, matched);
    }
    error = findings_write(out, store, findings, matched, count, json);
    return error ? error : out->failed ? error_out_of_memory() : NULL;
}
