#include "findings/plan.h"

#include <stdlib.h>
#include <string.h>

#include "findings/wording.h"

static const char *finding_holder(const struct finding *finding) {
    return *finding->owner ? finding->owner : finding->entity;
}

static int finding_object_compare(const void *one, const void *other) {
    const struct finding *left = *(const struct finding *const *)one;
    const struct finding *right = *(const struct finding *const *)other;
    int order = strcmp(finding_holder(left), finding_holder(right));
    order = order ? order : strcmp(left->root, right->root);
    order = order ? order : strcmp(left->key, right->key);
    order = order ? order : strcmp(left->common_name, right->common_name);
    return order ? order : (left > right) - (left < right);
}

static int number_compare(const void *one, const void *other) {
    uintptr_t left = *(const uintptr_t *)one;
    uintptr_t right = *(const uintptr_t *)other;
    return (left > right) - (left < right);
}

/* Strings of one pool are one pointer: distinct pointers are distinct strings. */
static size_t numbers_distinct(uintptr_t *numbers, size_t count) {
    qsort(numbers, count, sizeof *numbers, number_compare);
    size_t distinct = 0;
    for (size_t index = 0; index < count; index++) {
        distinct += !index || numbers[index] != numbers[index - 1];
    }
    return distinct;
}

static void step_fill(struct plan_step *step, const struct finding *const *group, size_t count, uintptr_t *scratch) {
    *step = (struct plan_step){.owner = finding_holder(group[0]), .root = group[0]->root, .root_kind = group[0]->root_kind};
    for (size_t index = 0; index < count; index++) {
        bool again = index && group[index]->state_id == group[index - 1]->state_id && group[index]->txn_id == group[index - 1]->txn_id;
        step->pairs += !again;
        step->patterns |= group[index]->patterns;
        step->goals |= group[index]->goals;
    }
    for (size_t index = 0; index < count; index++) {
        scratch[index] = (uintptr_t)group[index]->state_id;
    }
    step->states = numbers_distinct(scratch, count);
    for (size_t index = 0; index < count; index++) {
        scratch[index] = (uintptr_t)group[index]->txn_id;
    }
    step->transactions = numbers_distinct(scratch, count);
    for (size_t index = 0; index < count; index++) {
        scratch[index] = (uintptr_t)group[index]->function;
    }
    step->functions = numbers_distinct(scratch, count);
}

static int step_compare(const void *one, const void *other) {
    const struct plan_step *left = one;
    const struct plan_step *right = other;
    size_t gain = left->pairs * right->functions;
    size_t other_gain = right->pairs * left->functions;
    int order = (other_gain > gain) - (other_gain < gain);
    order = order ? order : (right->pairs > left->pairs) - (right->pairs < left->pairs);
    order = order ? order : strcmp(left->owner, right->owner);
    return order ? order : strcmp(left->root, right->root);
}

struct error *plan_make(const struct findings *findings, struct plan *out_plan) {
    const struct finding **sorted SCOPE_FREE = calloc(findings->count + 1, sizeof *sorted);
    uintptr_t *scratch SCOPE_FREE = calloc(findings->count + 1, sizeof *scratch);
    struct plan plan = {.steps = calloc(findings->count + 1, sizeof *plan.steps)};
    size_t count = 0;
    if (!sorted || !scratch || !plan.steps) {
        free(plan.steps);
        return error_out_of_memory();
    }
    for (size_t index = 0; index < findings->count; index++) {
        if (findings_counts(findings, &findings->items[index])) {
            sorted[count++] = &findings->items[index];
        }
    }
    qsort((void *)sorted, count, sizeof *sorted, finding_object_compare);
    for (size_t first = 0, last = 0; first < count; first = last) {
        for (last = first;
             last < count && strcmp(finding_holder(sorted[last]), finding_holder(sorted[first])) == 0 && sorted[last]->root == sorted[first]->root;
             last++) {
        }
        step_fill(&plan.steps[plan.count], sorted + first, last - first, scratch);
        plan.pairs += plan.steps[plan.count++].pairs;
    }
    qsort(plan.steps, plan.count, sizeof *plan.steps, step_compare);
    size_t left = plan.pairs;
    for (size_t index = 0; index < plan.count; index++) {
        left -= plan.steps[index].pairs;
        plan.steps[index].pairs_left = left;
    }
    *out_plan = plan;
    return NULL;
}

void plan_deinit(struct plan *plan) {
    free(plan->steps);
    *plan = (struct plan){0};
}

const char *plan_remedy(const struct plan_step *step) {
    /* The pattern that is hardest to leave in place decides the advice. */
    static const enum finding_pattern order[] = {PATTERN_DISPATCHER, PATTERN_MULTIPLEXER, PATTERN_INDIRECTION, PATTERN_COLLABORATION};
    for (size_t index = 0; index < PATTERN_COUNT; index++) {
        if (step->patterns >> order[index] & 1) {
            return wording_remedy(order[index]);
        }
    }
    return "No pattern was recognised: find out which client the value belongs to, and whether it can be recomputed (then declare it soft and let "
           "the litmus check it).";
}
