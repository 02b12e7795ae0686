#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spillscope/store.h"
#include "verb.h"

static struct error *migrate(const char *path) {
    char *backup SCOPE_FREE = NULL;
    struct error *error = store_migrate(path, &backup);
    if (!error && backup) {
        printf("%s is now of schema version %d; the old one is kept as %s\n", path, STORE_SCHEMA_VERSION, backup);
    } else if (!error) {
        printf("%s is of schema version %d already\n", path, STORE_SCHEMA_VERSION);
    }
    return error;
}

static struct error *check(const char *path) {
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
    if (!error) {
        printf("%s is sound\n", path);
    }
    return error;
}

static int run(const struct arguments *arguments) {
    const char *path = arguments_option(arguments, "db");
    const char *action = arguments_at(arguments, 0);
    if (!path || !action || (strcmp(action, "migrate") != 0 && strcmp(action, "check") != 0)) {
        return verb_finish("db", error_create(ERROR_USAGE, "usage: spillscope db migrate|check --db FILE"));
    }
    return verb_finish("db", strcmp(action, "check") == 0 ? check(path) : migrate(path));
}

static const struct verb_option options[] = {
    {"db", 0, "FILE", "the database"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_db = {
    .name = "db",
    .summary = "migrate or check a results database",
    .usage = "migrate|check --db FILE",
    .description = "migrate brings a database of an older spillscope to this one's schema, after a backup beside it.\n"
                   "check asks SQLite whether the file is sound and whether all rows refer to rows that are there.",
    .example = "  spillscope db migrate --db kernel.db",
    .options = options,
    .words = 1,
    .run = run,
};
