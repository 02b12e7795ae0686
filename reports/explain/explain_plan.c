#include "explain/explain_plan.h"

#include <stdlib.h>

#include "spillscope/escape.h"

#define STEP_LIMIT 20
#define FUNCTION_LIMIT 6

static bool step_concerns(const struct plan *plan, const struct plan_step *step, const struct findings *findings, const bool *matched) {
    for (size_t index = step->first; index < step->first + step->count; index++) {
        if (matched[plan->members[index] - findings->items]) {
            return true;
        }
    }
    return false;
}

/* Prints one object of the plan. `alone`: as if it were redesigned by itself, else after all that stand before it. */
static void step_write(struct text *out, const struct plan *plan, const struct plan_step *step, bool alone) {
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    text_append(out, "\na redesign of ");
    escape_terminal(out, step->root);
    text_append(out, " in ");
    escape_terminal(out, step->owner);
    text_append_format(out, ": %zu pair(s) of %zu less, by changing %zu function(s), for %zu transaction(s)\n  %s\n", step->removed, plan->pairs,
                       step->functions, step->transactions, plan_remedy(step));
    text_append(out, "  states:");
    const char *separator = " ";
    for (int fate = 0; fate < PLAN_FATE_COUNT; fate++) {
        if (step->states[fate]) {
            text_append_format(out, "%s%zu %s", separator, step->states[fate], plan_fate_name((enum plan_fate)fate));
            separator = ", ";
        }
    }
    plan_holders(&words, plan, step);
    text_append(out, words.length ? "\n  held then by: " : "");
    escape_terminal(out, text_string(&words));
    text_clear(&words);
    plan_functions(&words, plan, step, FUNCTION_LIMIT);
    text_append(out, "\n  functions to change: ");
    escape_terminal(out, text_string(&words));
    text_append_format(out, "\n  predicted: %zu of the object's %zu pair(s) left, %zu of %zu in all%s\n", step->pairs - step->removed, step->pairs,
                       alone ? plan->pairs - step->removed : step->pairs_left, plan->pairs, alone ? "" : " with the steps before it");
}

static void entities_write(struct text *out, const struct plan *plan) {
    text_append_format(out, "The plan would leave %zu of %zu undeclared (transaction, state) pairs.\n\n", plan->predicted, plan->pairs);
    for (size_t index = 0; index < plan->entity_count; index++) {
        const struct plan_entity *entity = &plan->entities[index];
        escape_terminal(out, entity->name);
        text_append_format(out, ": %zu pair(s) now, %zu predicted; states:", entity->pairs, entity->predicted);
        const char *separator = " ";
        for (int fate = 0; fate < PLAN_FATE_COUNT; fate++) {
            if (entity->states[fate]) {
                text_append_format(out, "%s%zu %s", separator, entity->states[fate], plan_fate_name((enum plan_fate)fate));
                separator = ", ";
            }
        }
        text_append(out, "\n");
    }
    text_append(out, "\n");
    for (int fate = 0; fate < PLAN_FATE_COUNT; fate++) {
        text_append_format(out, "%s: %s\n", plan_fate_name((enum plan_fate)fate), plan_fate_words((enum plan_fate)fate));
    }
}

struct error *explain_plan_text(struct text *out, const struct findings *findings, const bool *matched) {
    struct plan plan = {0};
    struct error *error = plan_make(findings, &plan);
    if (error) {
        return error;
    }
    if (!matched) {
        entities_write(out, &plan);
    }
    for (size_t index = 0; index < plan.count && (matched || index < STEP_LIMIT); index++) {
        if (!matched || step_concerns(&plan, &plan.steps[index], findings, matched)) {
            step_write(out, &plan, &plan.steps[index], matched != NULL);
        }
    }
    if (!matched && plan.count > STEP_LIMIT) {
        text_append_format(out, "\n%zu more objects: --json has all\n", plan.count - STEP_LIMIT);
    }
    plan_deinit(&plan);
    return NULL;
}

static void append_string(struct text *out, const char *name, const char *value) {
    text_append_format(out, "\"%s\":", name);
    text_append_json_string(out, value);
    text_append_char(out, ',');
}

static void append_states(struct text *out, const size_t states[PLAN_FATE_COUNT]) {
    text_append(out, "\"states\":{");
    for (int fate = 0; fate < PLAN_FATE_COUNT; fate++) {
        text_append_format(out, "%s\"%s\":%zu", fate ? "," : "", plan_fate_name((enum plan_fate)fate), states[fate]);
    }
    text_append_char(out, '}');
}

struct error *explain_plan_json(struct text *out, const struct findings *findings) {
    struct plan plan = {0};
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = plan_make(findings, &plan);
    if (error) {
        return error;
    }
    text_append_format(out, "{\"schema_version\":1,\"pairs\":%zu,\"predicted\":%zu,\n\"entities\":[", plan.pairs, plan.predicted);
    for (size_t index = 0; index < plan.entity_count; index++) {
        const struct plan_entity *entity = &plan.entities[index];
        text_append(out, index ? ",\n{" : "{");
        append_string(out, "entity", entity->name);
        append_states(out, entity->states);
        text_append_format(out, ",\"pairs\":%zu,\"predicted\":%zu}", entity->pairs, entity->predicted);
    }
    text_append(out, "],\n\"steps\":[");
    for (size_t index = 0; index < plan.count; index++) {
        const struct plan_step *step = &plan.steps[index];
        text_append(out, index ? ",\n{" : "{");
        append_string(out, "object", step->root);
        append_string(out, "entity", step->owner);
        append_string(out, "redesign", plan_remedy(step));
        text_clear(&words);
        plan_holders(&words, &plan, step);
        append_string(out, "held_then_by", text_string(&words));
        text_clear(&words);
        plan_functions(&words, &plan, step, step->functions);
        append_string(out, "functions_to_change", text_string(&words));
        append_states(out, step->states);
        text_append_format(out, ",\"pairs\":%zu,\"removed\":%zu,\"functions\":%zu,\"transactions\":%zu,\"left\":%zu}", step->pairs, step->removed,
                           step->functions, step->transactions, step->pairs_left);
    }
    text_append(out, "]}\n");
    plan_deinit(&plan);
    return words.failed ? error_out_of_memory() : NULL;
}
