#ifndef SPILLSCOPE_OUTCOME_H
#define SPILLSCOPE_OUTCOME_H
/* What became of a client whose server's state was altered, told by consoles alone. */
#include "spillscope/store.h"
#include "transcript.h"

enum outcome { OUTCOME_UNHARMED, OUTCOME_ERROR, OUTCOME_WRONG, OUTCOME_HANG, OUTCOME_CRASH };
#define OUTCOME_COUNT 5

const char *outcome_name(enum outcome outcome); /* as table litmus spells it */

/* How a workload speaks: globs over whole lines, from section [litmus] of the manifest. */
struct outcome_rules {
    char **globs; /* owned; ended by NULL */
    enum outcome_rule { RULE_DONE, RULE_ERROR, RULE_CRASH, RULE_RESULT } * kinds;
    size_t count;
};

struct error *outcome_rules_load(struct store *store, struct outcome_rules *out_rules);
void outcome_rules_deinit(struct outcome_rules *rules);
bool outcome_rules_match(const struct outcome_rules *rules, enum outcome_rule kind, const char *line);
bool outcome_rules_have(const struct outcome_rules *rules, enum outcome_rule kind);

/*
 * Compares a run with two undisturbed ones. Lines count that match a `result` glob (all, without one) and stand in both references; a new line
 * counts when it stands in neither.
 *   hang     the guest did not end in time
 *   crash    a new line matches `crash`, or the guest ended without a `done` line (without that rule: without the reference's last line)
 *   error    a new line matches `error`: the client was told, or noticed
 *   wrong    other lines, or another exit status
 * *out_detail is the line that decided, "" when unharmed or hung; it lives as long as the transcripts.
 */
enum outcome outcome_decide(const struct outcome_rules *rules, const struct transcript references[2], const struct transcript *trial,
                            const char **out_detail);

#endif
