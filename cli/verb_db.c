#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spillscope/store.h"
#include "spillscope/text.h"
#include "terminal.h"
#include "verb.h"

/* What was done, in words or as JSON. */
static struct error *outcome_print(const struct arguments *arguments, const char *path, const char *action, const char *backup, int version,
                                   const char *words) {
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    bool json = arguments_flag(arguments, "json");
    if (json) {
        text_append(&text, "{\"schema_version\":1,\"database\":");
        text_append_json_string(&text, path);
        text_append_format(&text, ",\"action\":\"%s\",\"schema\":%d,\"backup\":", action, version);
        if (backup) {
            text_append_json_string(&text, backup);
        } else {
            text_append(&text, "null");
        }
        text_append(&text, "}\n");
    } else {
        text_append_format(&text, "%s %s%s\n", path, words, backup ? backup : "");
    }
    return terminal_print(&text, json);
}

static struct error *migrate(const struct arguments *arguments, const char *path) {
    char *backup SCOPE_FREE = NULL;
    char words[80];
    int version = STORE_SCHEMA_VERSION;
    bool dry = arguments_flag(arguments, "dry-run");
    struct error *error = dry ? store_migration_plan(path, &version, &backup) : store_migrate(path, &backup);
    if (error) {
        return error;
    }
    if (dry && backup) {
        snprintf(words, sizeof words, "would go from schema version %d to %d; the old one would be kept as ", version, STORE_SCHEMA_VERSION);
    } else {
        snprintf(words, sizeof words, backup ? "is now of schema version %d; the old one is kept as " : "is of schema version %d already", version);
    }
    return outcome_print(arguments, path, "migrate", backup, version, words);
}

static struct error *check(const struct arguments *arguments, const char *path) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_open(path, STORE_READ, &store);
    bool row = false;
    if (!error) {
        error = store_prepare(store, "SELECT * FROM pragma_integrity_check", &query);
    }
    if (!error) {
        error = query_step(query, &row);
    }
    if (!error && row && strcmp(query_text(query, 0), "ok") != 0) {
        error = error_create(ERROR_DATABASE, "%s: %s", path, query_text(query, 0));
    }
    int64_t broken = 0;
    if (!error) {
        error = store_scalar(store, "SELECT count(*) FROM pragma_foreign_key_check", &broken);
    }
    if (!error && broken) {
        error = error_create(ERROR_DATABASE, "%s: %lld rows refer to rows that are not there", path, (long long)broken);
    }
    return error ? error : outcome_print(arguments, path, "check", NULL, STORE_SCHEMA_VERSION, "is sound");
}

static int run(const struct arguments *arguments) {
    const char *path = arguments_database(arguments);
    const char *action = arguments_at(arguments, 0);
    if (!action || (strcmp(action, "migrate") != 0 && strcmp(action, "check") != 0)) {
        return verb_finish("db", error_create(ERROR_USAGE, "migrate or check what? usage: spillscope db migrate|check [--db FILE]"));
    }
    return verb_finish("db", strcmp(action, "check") == 0 ? check(arguments, path) : migrate(arguments, path));
}

static const struct verb_option options[] = {
    {"db", 0, "FILE", "the database; default spillscope.db"},
    VERB_DRY_RUN_OPTION("only say what migrate would do"),
    {"json", 0, NULL, "print JSON"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_db = {
    .name = "db",
    .summary = "migrate or check a results database",
    .usage = "migrate|check [--db FILE] [--dry-run] [--json]",
    .description = "migrate brings a database of an older spillscope to this one's schema, after a backup beside it.\n"
                   "check asks SQLite whether the file is sound and whether all rows refer to rows that are there.",
    .example = "  spillscope db migrate --db kernel.db",
    .options = options,
    .words = 1,
    .word_choices = "migrate|check",
    .run = run,
};
