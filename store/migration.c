#include "migration.h"

#include <stdlib.h>
#include <string.h>

#include "schema.h"
#include "spillscope/text.h"

const struct migration migration_steps[] = {
    {1, "ALTER TABLE litmus ADD COLUMN execution INTEGER NOT NULL DEFAULT 0; ALTER TABLE litmus ADD COLUMN detail TEXT NOT NULL DEFAULT ''"},
    {2, "ALTER TABLE txn ADD COLUMN fixed INTEGER NOT NULL DEFAULT 0;"
        "CREATE TABLE call_edge (caller_id INTEGER NOT NULL REFERENCES function (id), callee_id INTEGER NOT NULL REFERENCES function (id), "
        "PRIMARY KEY (callee_id, caller_id)) STRICT, WITHOUT ROWID;"
        "CREATE TABLE regroup_saved (id INTEGER PRIMARY KEY, \"table\" TEXT NOT NULL, \"column\" TEXT, row TEXT NOT NULL) STRICT;"
        "INSERT INTO meta SELECT 'calls', 'not recorded' WHERE EXISTS (SELECT * FROM function)"},
    {3, "ALTER TABLE change ADD COLUMN undone INTEGER NOT NULL DEFAULT 0"},
    {4, "CREATE TABLE may_read (state_id INTEGER NOT NULL REFERENCES state (id), function_id INTEGER NOT NULL REFERENCES function (id), "
        "line INTEGER NOT NULL, PRIMARY KEY (state_id, function_id)) STRICT, WITHOUT ROWID;"
        "INSERT INTO meta SELECT 'reads', 'not recorded' WHERE EXISTS (SELECT * FROM function)"},
    {5, "CREATE TABLE acceptance (kind TEXT NOT NULL CHECK (kind IN ('variable', 'function')), name TEXT NOT NULL, file TEXT NOT NULL, "
        "line INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (kind, name, file, text)) STRICT, WITHOUT ROWID"},
    {6, migration_6_sql},
    {0, NULL},
};

static const struct migration *step_from(const struct migration *steps, int version) {
    for (; steps->sql; steps++) {
        if (steps->from == version) {
            return steps;
        }
    }
    return NULL;
}

static struct error *set_version(struct store *store, int version) {
    struct text sql = {0};
    text_append_format(&sql, "PRAGMA user_version = %d", version);
    struct error *error = store_execute(store, text_string(&sql));
    text_deinit(&sql);
    return error;
}

static struct error *back_up(struct store *store, const char *backup) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "VACUUM INTO ?1", &query);
    if (!error) {
        query_bind_text(query, 1, backup);
        error = query_run(query);
    }
    return error;
}

/* Views hold no data: those of the target are made anew, and steps need not care for them. */
static struct error *drop_views(struct store *store) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct text sql = {0};
    struct error *error = store_prepare(store, "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY rowid DESC", &query);
    bool row = true;
    while (!error && !(error = query_step(query, &row)) && row) {
        text_append_format(&sql, "DROP VIEW \"%s\";", query_text(query, 0));
    }
    if (!error) {
        error = store_execute(store, text_string(&sql));
    }
    text_deinit(&sql);
    return error;
}

static struct error *run_steps(struct store *store, const struct migration *steps, int version, int target) {
    struct error *error = store_begin(store);
    if (!error) {
        error = drop_views(store);
    }
    for (; !error && version < target; version++) {
        error = store_execute(store, step_from(steps, version)->sql);
        if (!error) {
            error = set_version(store, version + 1);
        }
    }
    if (!error) {
        error = store_execute(store, views_sql);
    }
    if (!error) {
        error = store_commit(store);
    }
    if (error) {
        error_destroy(store_rollback(store));
    }
    return error_wrap(error, "migration to schema version %d", version);
}

struct error *migration_plan(struct store *store, const struct migration *steps, int target, int *out_version, char **out_backup) {
    int64_t version = 0;
    struct text path __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = store_scalar(store, "PRAGMA user_version", &version);
    if (error) {
        return error;
    }
    *out_version = (int)version;
    if (version >= target) {
        *out_backup = NULL;
        return NULL;
    }
    for (int step = (int)version; step < target; step++) {
        if (!step_from(steps, step)) {
            return error_create(ERROR_DATABASE, "%s: there is no way from schema version %d to %d", store->path, step, step + 1);
        }
    }
    text_append_format(&path, "%s.v%d.bak", store->path, (int)version);
    if (access(text_string(&path), F_OK) == 0) {
        return error_create(ERROR_USAGE, "%s is in the way: move it away before migrating", text_string(&path));
    }
    return text_take(&path, out_backup);
}

struct error *migration_run(struct store *store, const struct migration *steps, int target, char **out_backup) {
    char *backup = NULL;
    int version = 0;
    struct error *error = migration_plan(store, steps, target, &version, &backup);
    if (!error && backup) {
        error = back_up(store, backup);
        if (error) {
            unlink(backup); /* half a copy would be in the way of the next attempt */
        }
    }
    if (!error && (backup || version == target)) { /* of the right version it may lack views that came since */
        error = run_steps(store, steps, version, target);
    }
    if (error) {
        free(backup);
        return error;
    }
    *out_backup = backup;
    return NULL;
}
