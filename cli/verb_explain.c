#include "spillscope/explain.h"
#include "spillscope/report_file.h"
#include "verb.h"

static struct error *explain_perform(const struct arguments *arguments) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    const char *database = arguments_option(arguments, "db");
    if (arguments_count(arguments) != 1) {
        return error_create(ERROR_USAGE, "one STATE, FINGERPRINT or RULE, or the word plan is needed");
    }
    struct error *error = database ? store_open(database, STORE_READ, &store) : NULL;
    if (!error) {
        error = explain_write(store, arguments_at(arguments, 0), arguments_flag(arguments, "json"), &text);
    }
    if (!error) {
        error = report_file_write("-", &text);
    }
    int64_t failed = 0;
    if (!error && store) {
        error = store_scalar(store, "SELECT count(*) FROM unit WHERE status = 'failed'", &failed);
    }
    return error || !failed
               ? error
               : error_create(ERROR_INCOMPLETE, "%s is incomplete: %lld units failed, so there may be more to say", database, (long long)failed);
}

static int run(const struct arguments *arguments) {
    return verb_finish("explain", explain_perform(arguments));
}

static const struct verb_option options[] = {
    {"db", 0, "FILE", "database to look in; a rule needs none"},
    {"json", 0, NULL, "print JSON"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_explain = {
    .name = "explain",
    .summary = "explain a spilled state, a finding or a rule",
    .usage = "STATE|FINGERPRINT|RULE|plan [--db FILE] [--json]",
    .description = "Says who writes a state, through which call chain, how often it was observed, which pattern it shows and why, what it stands in "
                   "the way of,\n"
                   "and what a redesign could do. STATE is a state key or a part of one, FINGERPRINT six digits or more of one, RULE one of\n"
                   "state-spill, indirection-layer, multiplexer, dispatcher, inter-entity-collaboration, or what spillscope check objects to:\n"
                   "may-spill, opaque-access, second-owner, unreleased, unchecked. The word\n"
                   "plan prints the plan for a redesign: where the states of each entity could go, what to change first, and what would be left.",
    .example =
        "  spillscope explain 'task_table.task[].state' --db kernel.db\n  spillscope explain plan --db kernel.db\n  spillscope explain multiplexer",
    .options = options,
    .paged = true,
    .words = 1,
    .word_choices = "plan|state-spill|indirection-layer|multiplexer|dispatcher|inter-entity-collaboration|may-spill|opaque-access|second-owner|"
                    "unreleased|unchecked",
    .run = run,
};
