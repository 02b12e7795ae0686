#include "explain/rules.h"

#include <string.h>

#include "findings/fingerprint.h"
#include "findings/pattern.h"
#include "findings/wording.h"

/* Patterns have their sentences where reports have them too (findings/wording.h): NULL here. */
static const struct rule rules[] = {
    {.name = RULE_SPILL,
     .summary = "A transaction lastingly changes a state that its client does not own.",
     .recognition =
         "observed: a probe run saw bytes of server-owned, whitelisted state differ between entry and exit; possible: the whitelist of the "
         "transaction names the state, and no run showed it",
     .remedy = "Let the client own the state of its progress as an opaque object; recompute what can be recomputed and declare it soft; declare what "
               "the hardware defines as unavoidable. Each declaration needs a reason.",
     .pattern = RULE_NO_PATTERN},
    {.name = "indirection-layer",
     .recognition = "the member's name speaks of a position (offset, cursor, index), a handle (fd, id, token) or progress (state, phase, pending, "
                    "mode) that must hold between requests",
     .pattern = PATTERN_INDIRECTION},
    {.name = "multiplexer",
     .recognition = "the state is an element of an array, or a link of a list; at run time: several clients were seen in several instances",
     .pattern = PATTERN_MULTIPLEXER},
    {.name = "dispatcher",
     .recognition = "the state is a function pointer or named like a callback; or it is an argument beside one",
     .pattern = PATTERN_DISPATCHER},
    {.name = "inter-entity-collaboration",
     .recognition = "the undeclared findings of one transaction lie in two entities or more",
     .pattern = PATTERN_COLLABORATION},
    {.name = "may-spill",
     .summary = "A transaction that is declared spill-free may modify a state that nobody declared.",
     .recognition = "the whitelist of a transaction that is annotated SPILLSCOPE_SPILL_FREE, or of an entity with contract = spill-free, names an "
                    "undeclared state of a server",
     .remedy = "Let the request carry the state, or the client own it; else declare it, with the reason.",
     .pattern = RULE_NO_PATTERN,
     .contract = true},
    {.name = "opaque-access",
     .summary = "Code outside of an opaque type's implementation looks inside an object of the type.",
     .recognition = "a field of a record that is annotated SPILLSCOPE_OPAQUE is named, initialised or reached by a cast outside of the files that "
                    "implement it",
     .remedy = "Ask the owner of the type for the operation.",
     .pattern = RULE_NO_PATTERN,
     .contract = true},
    {.name = "second-owner",
     .summary = "Something that is owned gets a second owner.",
     .recognition = "an object of a type that is annotated SPILLSCOPE_OWNED, or the result of a function annotated SPILLSCOPE_ACQUIRES, is copied, "
                    "stored in a second lasting place, or released twice",
     .remedy = "Move it (set the first owner to NULL), or share it through the type's own share function.",
     .pattern = RULE_NO_PATTERN,
     .contract = true},
    {.name = "unreleased",
     .summary = "A scope is left, or an owner overwritten, while it still owns something.",
     .recognition = "along some path of a function a local owner acquires, and neither releases, gives away nor returns what it has",
     .remedy = "Release on that path, or give the variable a cleanup function.",
     .pattern = RULE_NO_PATTERN,
     .contract = true},
    {.name = "unchecked",
     .summary = "Who owns what in a function cannot be followed, so nothing is said of it.",
     .recognition = "a function has more states of ownership, or more paths, than the rules follow; the result of spillscope check is incomplete, "
                    "never a pass",
     .remedy = "Split the function, so that each part owns less at a time.",
     .pattern = RULE_NO_PATTERN,
     .contract = true},
};
#define RULES (sizeof rules / sizeof *rules)

const struct rule *rule_find(const char *name) {
    for (size_t index = 0; index < RULES; index++) {
        if (strcmp(rules[index].name, name) == 0) {
            return &rules[index];
        }
    }
    return NULL;
}

void rule_list(struct text *out) {
    for (size_t index = 0; index < RULES; index++) {
        text_append_format(out, "%s%s", index ? ", " : "", rules[index].name);
    }
}

unsigned rule_goals(const struct rule *rule) {
    return rule->pattern == RULE_NO_PATTERN ? 0 : pattern_goals((enum finding_pattern)rule->pattern);
}
