#include "gate/gate_problems.h"

#include <stdlib.h>
#include <string.h>

const char *gate_problem_name(enum gate_problem_kind kind) {
    static const char *const names[PROBLEM_KINDS] = {"budget", "suppression", "unknown", "incomplete"};
    return names[kind];
}

void gate_problems_deinit(struct gate_problems *problems) {
    for (size_t index = 0; index < problems->count; index++) {
        free(problems->items[index].words);
        free(problems->items[index].file);
    }
    free(problems->items);
    *problems = (struct gate_problems){0};
}

/* `words` is emptied. */
static struct error *problem_add(struct gate_problems *problems, enum gate_problem_kind kind, const char *file, size_t length, int64_t line,
                                 struct text *words) {
    struct gate_problem *grown = realloc(problems->items, (problems->count + 1) * sizeof *grown);
    if (!grown) {
        return error_out_of_memory();
    }
    problems->items = grown;
    problems->items[problems->count] = (struct gate_problem){.kind = kind, .file = length ? strndup(file, length) : NULL, .line = line};
    if (length && !problems->items[problems->count].file) {
        return error_out_of_memory();
    }
    problems->counts[kind]++;
    return text_take(words, &problems->items[problems->count++].words);
}

/* An origin of a rule is FILE:LINE, or a side's name. */
static struct error *problem_add_rule(struct gate_problems *problems, enum gate_problem_kind kind, const char *origin, struct text *words) {
    const char *colon = strrchr(origin, ':');
    char *end = NULL;
    long long line = colon ? strtoll(colon + 1, &end, 10) : 0;
    bool placed = colon && end != colon + 1 && !*end && line > 0;
    return problem_add(problems, kind, origin, placed ? (size_t)(colon - origin) : 0, placed ? line : 0, words);
}

static struct error *budgets_list(const struct gate *gate, struct gate_problems *problems) {
    struct error *error = NULL;
    for (size_t index = 0; index < gate->budget_count && !error; index++) {
        const struct gate_budget *budget = &gate->budgets[index];
        struct text words = {0};
        if (budget->idle) {
            text_append_format(&words, "the budget of entity %s (%s) is of no entity of the head", budget->entity, budget->origin);
        } else if (budget->count > budget->limit) {
            text_append_format(&words, "entity %s holds %lld findings, its budget is %lld (%s)", budget->entity, (long long)budget->count,
                               (long long)budget->limit, budget->origin);
        }
        error = words.length ? problem_add_rule(problems, PROBLEM_BUDGET, budget->origin, &words) : NULL;
        text_deinit(&words);
    }
    return error;
}

static struct error *suppressions_list(const struct gate *gate, struct gate_problems *problems) {
    struct error *error = NULL;
    for (size_t index = 0; index < gate->suppression_count && !error; index++) {
        const struct gate_suppression *suppression = &gate->suppressions[index];
        struct text words = {0};
        if (suppression->expired || !suppression->matched) {
            text_append_format(&words, "suppression %s (%s, owner %s) %s", gate_suppression_subject(suppression), suppression->origin,
                               suppression->owner, suppression->matched ? "has expired" : "covers no finding");
            error = problem_add_rule(problems, PROBLEM_SUPPRESSION, suppression->origin, &words);
        }
        text_deinit(&words);
    }
    return error;
}

static struct error *unknowns_list(const struct gate *gate, struct gate_problems *problems) {
    struct error *error = NULL;
    for (size_t index = 0; index < gate->unknown_count && gate->unknowns_fail && !error; index++) {
        const struct gate_unknown *unknown = &gate->unknowns[index];
        struct text words = {0};
        text_append_format(&words, "new unknown in %s(): %s %s", unknown->transaction, unknown->cause, unknown->detail);
        error = problem_add(problems, PROBLEM_UNKNOWN, unknown->file, strlen(unknown->file), unknown->line, &words);
        text_deinit(&words);
    }
    return error;
}

struct error *gate_problems_list(const struct gate *gate, struct gate_problems *out_problems) {
    struct gate_problems problems = {0};
    struct error *error = budgets_list(gate, &problems);
    if (!error) {
        error = suppressions_list(gate, &problems);
    }
    if (!error) {
        error = unknowns_list(gate, &problems);
    }
    for (size_t index = 0; index < gate->reason_count && !error; index++) {
        struct text words = {0};
        text_append(&words, gate->reasons[index]);
        error = problem_add(&problems, PROBLEM_INCOMPLETE, NULL, 0, 0, &words);
        text_deinit(&words);
    }
    if (error) {
        gate_problems_deinit(&problems);
        return error;
    }
    *out_problems = problems;
    return NULL;
}
