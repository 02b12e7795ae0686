#include "findings/plan.h"

#include <stdlib.h>
#include <string.h>

static const char *finding_holder(const struct finding *finding) {
    return *finding->owner ? finding->owner : finding->entity;
}

enum plan_fate plan_fate(const struct finding *finding) {
    if (strcmp(finding->declared, "unavoidable") == 0) {
        return PLAN_HARDWARE;
    }
    if (strcmp(finding->declared, "soft") == 0 || (!*finding->declared && finding->reset_unharmed)) {
        return PLAN_SOFT;
    }
    if (*finding->declared) {
        return PLAN_DECLARED;
    }
    /* A record of one client among several: an allocated object, an element, a link; or progress and callbacks, which are one client's by their kind.
     */
    bool allocated = strcmp(finding->root_kind, "heap") == 0 || strcmp(finding->root_kind, "buffer") == 0;
    bool record = allocated || strstr(finding->path, "[]") != NULL;
    bool pattern = (finding->patterns & (1u << PATTERN_INDIRECTION | 1u << PATTERN_MULTIPLEXER | 1u << PATTERN_DISPATCHER)) != 0;
    return record || pattern ? PLAN_CLIENT : PLAN_COMMON;
}

bool plan_removes(const struct finding *finding) {
    enum plan_fate fate = plan_fate(finding);
    return finding_is_undeclared(finding) && (fate == PLAN_CLIENT || fate == PLAN_SOFT);
}

/* Undeclared spill, and beside it what is declared of the states that were seen: an entity's plan names all that it keeps. */
static bool finding_takes_part(const struct findings *findings, const struct finding *finding) {
    bool declared = *finding->declared && !finding->shared && finding->certainty != FINDING_UNKNOWN;
    return findings_counts(findings, finding) || (declared && (!findings->has_probe || finding->certainty == FINDING_OBSERVED));
}

static int member_compare(const void *one, const void *other) {
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

static void step_fill(struct plan_step *step, const struct finding *const *members, size_t first, size_t count, uintptr_t *scratch) {
    const struct finding *const *group = members + first;
    size_t transactions = 0;
    size_t functions = 0;
    *step = (struct plan_step){
        .owner = finding_holder(group[0]), .root = group[0]->root, .root_kind = group[0]->root_kind, .first = first, .count = count};
    for (size_t index = 0; index < count; index++) {
        const struct finding *finding = group[index];
        bool known = index && finding->state_id == group[index - 1]->state_id;
        step->states[plan_fate(finding)] += !known;
        if (finding_is_undeclared(finding)) {
            bool again = known && finding->txn_id == group[index - 1]->txn_id; /* primary and secondary */
            step->pairs += !again;
            step->removed += !again && plan_removes(finding);
            step->patterns |= finding->patterns;
            step->goals |= finding->goals;
            scratch[transactions++] = (uintptr_t)finding->txn_id;
        }
    }
    step->transactions = numbers_distinct(scratch, transactions);
    for (size_t index = 0; index < count; index++) {
        if (finding_is_undeclared(group[index])) {
            scratch[functions++] = (uintptr_t)group[index]->changer;
        }
    }
    step->functions = numbers_distinct(scratch, functions);
}

static int step_compare(const void *one, const void *other) {
    const struct plan_step *left = one;
    const struct plan_step *right = other;
    size_t gain = left->removed * right->functions;
    size_t other_gain = right->removed * left->functions;
    int order = (other_gain > gain) - (other_gain < gain);
    order = order ? order : (right->removed > left->removed) - (right->removed < left->removed);
    order = order ? order : (right->pairs > left->pairs) - (right->pairs < left->pairs);
    order = order ? order : strcmp(left->owner, right->owner);
    return order ? order : strcmp(left->root, right->root);
}

/* Steps come by owner and root here. */
static void entity_add(struct plan *plan, const struct plan_step *step) {
    if (!plan->entity_count || strcmp(plan->entities[plan->entity_count - 1].name, step->owner) != 0) {
        plan->entities[plan->entity_count++] = (struct plan_entity){.name = step->owner};
    }
    struct plan_entity *entity = &plan->entities[plan->entity_count - 1];
    for (size_t fate = 0; fate < PLAN_FATE_COUNT; fate++) {
        entity->states[fate] += step->states[fate];
    }
    entity->pairs += step->pairs;
    entity->predicted += step->pairs - step->removed;
}

struct error *plan_make(const struct findings *findings, struct plan *out_plan) {
    uintptr_t *scratch SCOPE_FREE = calloc(findings->count + 1, sizeof *scratch);
    struct plan plan = {.steps = calloc(findings->count + 1, sizeof *plan.steps),
                        .entities = calloc(findings->count + 1, sizeof *plan.entities),
                        .members = calloc(findings->count + 1, sizeof *plan.members)};
    size_t count = 0;
    if (!scratch || !plan.steps || !plan.entities || !plan.members) {
        plan_deinit(&plan);
        return error_out_of_memory();
    }
    for (size_t index = 0; index < findings->count; index++) {
        if (finding_takes_part(findings, &findings->items[index])) {
            plan.members[count++] = &findings->items[index];
        }
    }
    qsort((void *)plan.members, count, sizeof *plan.members, member_compare);
    for (size_t first = 0, last = 0; first < count; first = last) {
        struct plan_step *step = &plan.steps[plan.count];
        for (last = first; last < count && strcmp(finding_holder(plan.members[last]), finding_holder(plan.members[first])) == 0 &&
                           plan.members[last]->root == plan.members[first]->root;
             last++) {
        }
        step_fill(step, plan.members, first, last - first, scratch);
        entity_add(&plan, step);
        plan.pairs += step->pairs;
        plan.predicted += step->pairs - step->removed;
        plan.count += step->pairs > 0;
    }
    qsort(plan.steps, plan.count, sizeof *plan.steps, step_compare);
    size_t left = plan.pairs;
    for (size_t index = 0; index < plan.count; index++) {
        left -= plan.steps[index].removed;
        plan.steps[index].pairs_left = left;
    }
    *out_plan = plan;
    return NULL;
}

void plan_deinit(struct plan *plan) {
    free(plan->steps);
    free(plan->entities);
    free((void *)plan->members);
    *plan = (struct plan){0};
}
