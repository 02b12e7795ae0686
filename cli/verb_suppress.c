#include <stdio.h>
#include <string.h>

#include "spillscope/gate.h"
#include "verb.h"

/* The full fingerprint of the one undeclared finding that `word` is a prefix of. */
static struct error *fingerprint_resolve(struct store *store, const char *word, char out_fingerprint[FINGERPRINT_LENGTH + 1]) {
    struct findings *findings __attribute__((cleanup(scope_findings))) = NULL;
    const struct finding *found = NULL;
    /* The gate may look at either view of the database: a finding of either can be accepted. */
    for (int scope = FINDINGS_ALL; scope <= FINDINGS_STATIC && !found; scope++) {
        findings_destroy(findings);
        findings = NULL;
        struct error *error = findings_load(store, (enum findings_scope)scope, &findings);
        if (error) {
            return error;
        }
        for (size_t index = 0; index < findings->count; index++) {
            const struct finding *finding = &findings->items[index];
            if (!finding_is_undeclared(finding) || strncmp(finding->fingerprint, word, strlen(word)) != 0) {
                continue;
            }
            if (found) {
                return error_create(ERROR_USAGE, "'%s' is short for more than one finding (%s, %s)", word, found->fingerprint, finding->fingerprint);
            }
            found = finding;
        }
        if (found) {
            memcpy(out_fingerprint, found->fingerprint, FINGERPRINT_LENGTH + 1);
        }
    }
    return found ? NULL : error_create(ERROR_USAGE, "no undeclared finding has the fingerprint '%s'", word);
}

static struct error *suppression_store(struct store *store, const char *fingerprint, const char *owner, const char *expires, const char *reason) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(store,
                      "INSERT INTO suppression (fingerprint, reason, owner, expires) VALUES (?, ?, ?, ?) ON CONFLICT (fingerprint) DO UPDATE SET "
                      "reason = excluded.reason, owner = excluded.owner, expires = excluded.expires",
                      &query);
    if (!error) {
        query_bind_text(query, 1, fingerprint);
        query_bind_text(query, 2, reason);
        query_bind_text(query, 3, owner);
        query_bind_text(query, 4, expires);
        error = query_run(query);
    }
    return error;
}

static struct error *suppress_perform(const struct arguments *arguments) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    char fingerprint[FINGERPRINT_LENGTH + 1] = "";
    const char *word = arguments_at(arguments, 0);
    const char *reason = arguments_option(arguments, "reason");
    const char *owner = arguments_option(arguments, "owner");
    const char *expires = arguments_option(arguments, "expires");
    const char *policy = arguments_option(arguments, "policy");
    const char *database = arguments_option(arguments, "db");
    bool dry = arguments_flag(arguments, "dry-run");
    if (arguments_count(arguments) != 1 || !reason || !owner || (!policy && !database)) {
        return error_create(ERROR_USAGE, "a FINGERPRINT, --reason TEXT, --owner NAME, and --db FILE or --policy FILE are needed");
    }
    struct error *error = policy_check_suppression(word, owner, expires, reason);
    if (!error && database) {
        error = store_open(database, policy || dry ? STORE_READ : STORE_WRITE, &store);
    }
    if (!error && database) {
        error = fingerprint_resolve(store, word, fingerprint);
    }
    if (!error && policy) {
        error = policy_append_suppression(policy, database ? fingerprint : word, owner, expires, reason, dry);
    } else if (!error && !dry) {
        error = suppression_store(store, fingerprint, owner, expires, reason);
    }
    if (!error) {
        printf("%s %s in %s\n", dry ? "would accept" : "accepted", database ? fingerprint : word, policy ? policy : database);
    }
    return error;
}

static int run(const struct arguments *arguments) {
    return verb_finish("suppress", suppress_perform(arguments));
}

static const struct verb_option options[] = {
    {"reason", 0, "TEXT", "why this spill is accepted"},
    {"owner", 0, "NAME", "who answers for it"},
    {"expires", 0, "YYYY-MM-DD", "the day after which the gate fails again (default: never)"},
    {"policy", 0, "FILE", "write to this policy file, which outlives databases; with --db the fingerprint is looked up there"},
    {"db", 0, "FILE", "database that holds the finding; without --policy the suppression goes into it"},
    VERB_DRY_RUN_OPTION("only say which finding would be accepted, and where"),
    {NULL, 0, NULL, NULL},
};

const struct verb verb_suppress = {
    .name = "suppress",
    .summary = "accept a finding, with a reason and an owner",
    .usage = "FINGERPRINT --reason TEXT --owner NAME [--expires DATE] [--policy FILE] [--db FILE] [--dry-run]",
    .description = "Writes a suppression, which the gate honours until it expires or covers nothing any more; both make it stale, and stale "
                   "suppressions fail the\n"
                   "gate. A policy file is meant to be kept beside the source; a rule in it wins over one in a database.",
    .example = "  spillscope suppress a91f3c --db head.db --policy spill.policy --owner alice --reason 'the table moves to clients in 2.1'",
    .options = options,
    .words = 1,
    .run = run,
};
