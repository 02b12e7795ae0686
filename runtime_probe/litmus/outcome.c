#include "outcome.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static const char *const RULE_NAMES[] = {[RULE_DONE] = "done", [RULE_ERROR] = "error", [RULE_CRASH] = "crash", [RULE_RESULT] = "result"};
enum { RULE_COUNT = sizeof RULE_NAMES / sizeof *RULE_NAMES };

const char *outcome_name(enum outcome outcome) {
    static const char *const NAMES[] = {"unharmed", "error", "wrong result", "hang", "crash"};
    return NAMES[outcome];
}

void outcome_rules_deinit(struct outcome_rules *rules) {
    for (size_t i = 0; i < rules->count; i++) {
        free(rules->globs[i]);
    }
    free(rules->globs);
    free(rules->kinds);
    *rules = (struct outcome_rules){0};
}

static struct error *rule_add(struct outcome_rules *rules, const char *key, const char *value, int64_t line) {
    size_t kind = 0;
    while (kind < RULE_COUNT && strcmp(RULE_NAMES[kind], key) != 0) {
        kind++;
    }
    if (kind == RULE_COUNT) {
        return error_create(ERROR_USAGE, "manifest: line %lld: [litmus] %s is none of done, error, crash, result", (long long)line, key);
    }
    char **globs = realloc(rules->globs, (rules->count + 1) * sizeof *globs);
    rules->globs = globs ? globs : rules->globs;
    enum outcome_rule *kinds = realloc(rules->kinds, (rules->count + 1) * sizeof *kinds);
    rules->kinds = kinds ? kinds : rules->kinds;
    char *glob = strdup(value);
    if (!globs || !kinds || !glob) {
        free(glob);
        return error_out_of_memory();
    }
    rules->globs[rules->count] = glob;
    rules->kinds[rules->count++] = (enum outcome_rule)kind;
    return NULL;
}

struct error *outcome_rules_load(struct store *store, struct outcome_rules *out_rules) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct outcome_rules rules = {0};
    struct error *error = store_prepare(store, "SELECT key, value, line FROM manifest WHERE section = 'litmus' ORDER BY id", &query);
    bool row = true;
    while (!error && !(error = query_step(query, &row)) && row) {
        error = rule_add(&rules, query_text(query, 0), query_text(query, 1), query_int(query, 2));
    }
    if (error) {
        outcome_rules_deinit(&rules);
        return error;
    }
    *out_rules = rules;
    return NULL;
}

bool outcome_rules_match(const struct outcome_rules *rules, enum outcome_rule kind, const char *line) {
    for (size_t i = 0; i < rules->count; i++) {
        if (rules->kinds[i] == kind && fnmatch(rules->globs[i], line, 0) == 0) {
            return true;
        }
    }
    return false;
}

bool outcome_rules_have(const struct outcome_rules *rules, enum outcome_rule kind) {
    for (size_t i = 0; i < rules->count; i++) {
        if (rules->kinds[i] == kind) {
            return true;
        }
    }
    return false;
}

/* First line of the trial that no reference has and that matches the rule; NULL = none. Without the rule, RULE_RESULT matches all. */
static const char *new_line(const struct outcome_rules *rules, enum outcome_rule kind, const struct transcript references[2],
                            const struct transcript *trial) {
    bool all = kind == RULE_RESULT && !outcome_rules_have(rules, kind);
    for (size_t i = 0; i < trial->count; i++) {
        const char *line = trial->lines[i];
        if ((all || outcome_rules_match(rules, kind, line)) && !transcript_has(&references[0], line) && !transcript_has(&references[1], line)) {
            return line;
        }
    }
    return NULL;
}

/* First result that both references show and the trial does not. */
static const char *lost_line(const struct outcome_rules *rules, const struct transcript references[2], const struct transcript *trial) {
    bool all = !outcome_rules_have(rules, RULE_RESULT);
    for (size_t i = 0; i < references[0].count; i++) {
        const char *line = references[0].lines[i];
        if ((all || outcome_rules_match(rules, RULE_RESULT, line)) && transcript_has(&references[1], line) && !transcript_has(trial, line)) {
            return line;
        }
    }
    return NULL;
}

static bool workload_ended(const struct outcome_rules *rules, const struct transcript references[2], const struct transcript *trial) {
    if (!outcome_rules_have(rules, RULE_DONE)) {
        return !transcript_has(&references[1], references[0].last) || transcript_has(trial, references[0].last);
    }
    for (size_t i = 0; i < trial->count; i++) {
        if (outcome_rules_match(rules, RULE_DONE, trial->lines[i])) {
            return true;
        }
    }
    return false;
}

enum outcome outcome_decide(const struct outcome_rules *rules, const struct transcript references[2], const struct transcript *trial,
                            const char **out_detail) {
    *out_detail = trial->last;
    const char *line = new_line(rules, RULE_CRASH, references, trial);
    if (line) {
        *out_detail = line;
        return OUTCOME_CRASH;
    }
    if (trial->hung) {
        *out_detail = "";
        return OUTCOME_HANG;
    }
    if (!workload_ended(rules, references, trial)) {
        return OUTCOME_CRASH;
    }
    line = new_line(rules, RULE_ERROR, references, trial);
    if (line) {
        *out_detail = line;
        return OUTCOME_ERROR;
    }
    line = new_line(rules, RULE_RESULT, references, trial);
    line = line ? line : lost_line(rules, references, trial);
    if (line) {
        *out_detail = line;
        return OUTCOME_WRONG;
    }
    if (trial->status != references[0].status && references[0].status == references[1].status) {
        return OUTCOME_WRONG;
    }
    *out_detail = "";
    return OUTCOME_UNHARMED;
}
