#include "findings/wording.h"

#include <string.h>

void wording_message(struct text *out, const struct finding *finding) {
    text_append_format(out, "%s() %s %s", finding->transaction, finding->certainty == FINDING_OBSERVED ? "modifies" : "may modify", finding->key);
    if (*finding->owner) {
        text_append_format(out, " of %s", finding->owner);
    }
    text_append_format(out, " (%s spill)", finding_kind_name(finding->kind));
}

void wording_patterns(struct text *out, const struct finding *finding) {
    const char *separator = "";
    for (size_t pattern = 0; pattern < PATTERN_COUNT; pattern++) {
        if (finding->patterns >> pattern & 1) {
            text_append_format(out, "%s%s", separator, pattern_name((enum finding_pattern)pattern));
            separator = ", ";
        }
    }
}

void wording_size(struct text *out, const struct finding *finding) {
    if (finding->bits > 0) {
        text_append_format(out, "%lld bit%s", (long long)finding->bits, finding->bits == 1 ? "" : "s");
    }
    if (finding->leaves > 1) {
        text_append_format(out, "%s%lld leaf states", finding->bits > 0 ? ", " : "", (long long)finding->leaves);
    }
}

void wording_goals(struct text *out, unsigned goals) {
    const char *separator = "";
    for (size_t goal = 0; goal < GOAL_COUNT; goal++) {
        if (goals >> goal & 1) {
            text_append_format(out, "%s%s", separator, goal_name(goal));
            separator = ", ";
        }
    }
}

void wording_chain(struct text *out, const struct finding_step *steps, size_t count) {
    const char *last = "";
    for (size_t index = 0; index < count; index++) {
        if (strcmp(steps[index].function, last) != 0) {
            text_append_format(out, "%s%s", *last ? " -> " : "", steps[index].function);
            last = steps[index].function;
        }
    }
}

const char *wording_pattern_summary(enum finding_pattern pattern) {
    static const char *const summaries[PATTERN_COUNT] = {
        "The entity stands between its client and a lower level and remembers how far the client has come.",
        "The entity serves several clients and keeps a record of each.",
        "The entity keeps a function or its argument that a client registered, to call it later.",
        "One request changes states of several entities, which must then agree.",
    };
    return summaries[pattern];
}

const char *wording_remedy(enum finding_pattern pattern) {
    static const char *const remedies[PATTERN_COUNT] = {
        "Let the client keep the progress as an opaque object and pass it with each request, so that the request carries all that is needed.",
        "Export each client's record to that client as an opaque object; keep only what the hardware or fairness between clients needs, and declare "
        "it.",
        "Let the client hold the registration and ask for events, or pass the callback with the request that it belongs to.",
        "Give the common state one owner; let the others compute it, ask for it, or receive it with the request.",
    };
    return remedies[pattern];
}
