#include <string.h>

#include "findings/plan.h"
#include "findings/wording.h"

#define HOLDERS_NAMED 4

const char *plan_fate_name(enum plan_fate fate) {
    static const char *const names[PLAN_FATE_COUNT] = {"to the client", "soft", "hardware", "declared", "common"};
    return names[fate];
}

const char *plan_fate_words(enum plan_fate fate) {
    static const char *const words[PLAN_FATE_COUNT] = {
        "It is one client's: it can leave to that client as an opaque object, and come back with each request.",
        "It is soft: litmus runs reset it and no client noticed. Recompute it, and declare it soft.",
        "It is the hardware's: it stays, in one place that a reader finds, with its reason.",
        "It is declared, and stays: allocator metadata, a lock or a reference count, or held by its clients together.",
        "It is common to the clients: no client can hold it. Compute it when it is asked for, give it one owner, or do without it.",
    };
    return words[fate];
}

const char *plan_remedy(const struct plan_step *step) {
    /* The pattern that is hardest to leave in place decides the advice. */
    static const enum finding_pattern order[] = {PATTERN_DISPATCHER, PATTERN_MULTIPLEXER, PATTERN_INDIRECTION};
    if (!step->removed) {
        return plan_fate_words(PLAN_COMMON);
    }
    for (size_t index = 0; index < sizeof order / sizeof order[0]; index++) {
        if (step->patterns >> order[index] & 1) {
            return wording_remedy(order[index]);
        }
    }
    return plan_fate_words(step->states[PLAN_CLIENT] ? PLAN_CLIENT : PLAN_SOFT);
}

void plan_holders(struct text *out, const struct plan *plan, const struct plan_step *step) {
    const char *names[HOLDERS_NAMED];
    size_t count = 0;
    for (size_t index = step->first; index < step->first + step->count; index++) {
        const struct finding *finding = plan->members[index];
        bool known = !finding_is_undeclared(finding) || plan_fate(finding) != PLAN_CLIENT;
        for (size_t at = 0; at < count && at < HOLDERS_NAMED; at++) {
            known = known || names[at] == finding->entity;
        }
        if (!known && count < HOLDERS_NAMED) {
            names[count] = finding->entity;
        }
        count += !known;
    }
    for (size_t at = 0; at < count && at < HOLDERS_NAMED; at++) {
        text_append_format(out, "%s%s", at ? ", " : "the clients of ", names[at]);
    }
    text_append(out, count > HOLDERS_NAMED ? " and others" : "");
}

/* Has the function of members[index] been named before it in the step? */
static bool function_known(const struct plan *plan, const struct plan_step *step, size_t index) {
    for (size_t at = step->first; at < index; at++) {
        if (finding_is_undeclared(plan->members[at]) && plan->members[at]->changer == plan->members[index]->changer) {
            return true;
        }
    }
    return false;
}

void plan_functions(struct text *out, const struct plan *plan, const struct plan_step *step, size_t limit) {
    size_t named = 0;
    for (size_t index = step->first; index < step->first + step->count && named < limit; index++) {
        const struct finding *finding = plan->members[index];
        if (finding_is_undeclared(finding) && !function_known(plan, step, index)) {
            text_append_format(out, "%s%s (%s:%lld)", named++ ? ", " : "", finding->changer, finding->changer_file, (long long)finding->changer_line);
        }
    }
    if (step->functions > named) {
        text_append_format(out, " and %zu more", step->functions - named);
    }
}
