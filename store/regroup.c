#include "spillscope/regroup.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spillscope/manifest_reader.h"
#include "spillscope/text.h"
#include "store_internal.h"

/* Rows that go with a transaction, those that refer to others first; `condition` picks the rows of what temp.regroup_internal lists. */
static const struct {
    const char *table;
    const char *condition;
} followers[] = {
    {"witness_call", "txn_id IN (SELECT id FROM temp.regroup_internal)"},
    {"may_modify", "txn_id IN (SELECT id FROM temp.regroup_internal)"},
    {"txn_unknown", "txn_id IN (SELECT id FROM temp.regroup_internal)"},
    {"closure", "txn_id IN (SELECT id FROM temp.regroup_internal)"},
    {"txn_alias", "txn_id IN (SELECT id FROM temp.regroup_internal)"},
    {"txn_group", "txn_id IN (SELECT id FROM temp.regroup_internal)"},
    {"change", "observation_id IN (SELECT id FROM observation WHERE txn_id IN (SELECT id FROM temp.regroup_internal))"},
    {"observation", "txn_id IN (SELECT id FROM temp.regroup_internal)"},
    {"truth", "txn_id IN (SELECT id FROM temp.regroup_internal)"},
    {"truth_function", "txn_id IN (SELECT id FROM temp.regroup_internal)"},
    {"unmapped", "txn_id IN (SELECT id FROM temp.regroup_internal)"},
    {"litmus", "txn_id IN (SELECT id FROM temp.regroup_internal)"},
    {"txn", "id IN (SELECT id FROM temp.regroup_internal)"},
};
#define FOLLOWERS (sizeof followers / sizeof *followers)

/* References from rows that stay to rows that go. */
static const struct {
    const char *table;
    const char *column;
} references[] = {{"observation", "parent_id"}, {"observation", "caused_by"}, {"txn", "caused_by"}};
#define REFERENCES (sizeof references / sizeof *references)

static struct error *execute(struct store *store, const struct text *sql) {
    return sql->failed ? error_out_of_memory() : store_execute(store, text_string(sql));
}

/* SQLite looks for rows that refer to a deleted one: without an index, through the whole table for each. */
static struct error *index_references(struct store *store) {
    return store_execute(store, "CREATE INDEX regroup_parent_of ON observation (parent_id) WHERE parent_id IS NOT NULL;"
                                "CREATE INDEX regroup_cause_of ON observation (caused_by) WHERE caused_by IS NOT NULL");
}

static struct error *drop_indices(struct store *store) {
    return store_execute(store, "DROP INDEX regroup_parent_of; DROP INDEX regroup_cause_of; DROP INDEX regroup_owner_of");
}

/* ---- what the manifest says ---- */

struct reader {
    struct store *store;
    const char *file;
    struct query *setting;
    struct query *role;
    struct query *path;
};

static void reader_deinit(struct reader *reader) {
    query_destroy(reader->setting);
    query_destroy(reader->role);
    query_destroy(reader->path);
}

static struct error *read_setting(void *context, const struct manifest_setting *setting) {
    struct reader *reader = context;
    struct error *error = manifest_check_setting(reader->file, setting);
    if (error || strcmp(setting->section, "entity") != 0) {
        return error;
    }
    query_bind_text(reader->role, 1, setting->name);
    query_bind_text(reader->role, 2, strcmp(setting->key, "role") == 0 ? setting->value : NULL);
    error = query_run(reader->role);
    if (!error && strcmp(setting->key, "path") == 0) {
        query_bind_text(reader->path, 1, setting->name);
        query_bind_text(reader->path, 2, setting->value);
        query_bind_int(reader->path, 3, setting->line);
        error = query_run(reader->path);
    }
    if (!error && setting->key[0]) {
        query_bind_text(reader->setting, 1, setting->name);
        query_bind_text(reader->setting, 2, setting->key);
        query_bind_text(reader->setting, 3, setting->value);
        query_bind_int(reader->setting, 4, setting->line);
        error = query_run(reader->setting);
    }
    return error;
}

static struct error *refuse_idle_path(struct store *store, const char *manifest) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error = store_prepare(store,
                                        "SELECT p.line, p.entity, p.prefix FROM temp.regroup_path p WHERE NOT EXISTS (SELECT * FROM file f WHERE "
                                        "f.path = p.stem OR substr(f.path, 1, length(p.stem) + 1) = p.stem || '/') ORDER BY p.id LIMIT 1",
                                        &query);
    if (!error) {
        error = query_step(query, &row);
    }
    if (!error && row) {
        error = error_create(ERROR_USAGE, "%s:%lld: entity %s: path %s covers no file that was analysed", manifest, (long long)query_int(query, 0),
                             query_text(query, 1), query_text(query, 2));
    }
    return error;
}

/* Table regroup_path: id, entity, prefix, stem (without slashes at its end), line. The new entities stand in table entity afterwards. */
static struct error *read_manifest(struct store *store, const char *manifest, const char *text) {
    struct reader reader __attribute__((cleanup(reader_deinit))) = {.store = store, .file = manifest};
    struct error *error = store_execute(
        store, "CREATE TEMP TABLE regroup_path (id INTEGER PRIMARY KEY, entity TEXT NOT NULL, prefix TEXT NOT NULL, stem TEXT NOT NULL, "
               "line INTEGER NOT NULL);"
               "CREATE TEMP TABLE regroup_role (id INTEGER PRIMARY KEY, entity TEXT NOT NULL UNIQUE, role TEXT NOT NULL);"
               "DELETE FROM manifest WHERE section = 'entity'");
    if (!error) {
        error = store_prepare(store, "INSERT INTO manifest (section, name, key, value, line) VALUES ('entity', ?1, ?2, ?3, ?4)", &reader.setting);
    }
    if (!error) {
        error = store_prepare(store,
                              "INSERT INTO temp.regroup_role (entity, role) VALUES (?1, coalesce(?2, 'server')) "
                              "ON CONFLICT (entity) DO UPDATE SET role = coalesce(?2, role)",
                              &reader.role);
    }
    if (!error) {
        error = store_prepare(store, "INSERT INTO temp.regroup_path (entity, prefix, stem, line) VALUES (?1, ?2, rtrim(?2, '/'), ?3)", &reader.path);
    }
    if (!error) {
        error = manifest_read(text, manifest, read_setting, &reader);
    }
    int64_t paths = 0;
    if (!error) {
        error = store_scalar(store, "SELECT count(*) FROM temp.regroup_path", &paths);
    }
    if (!error && !paths) {
        error = error_create(ERROR_USAGE, "%s has no [entity NAME] section with a path", manifest);
    }
    return error ? error : refuse_idle_path(store, manifest);
}

/* ---- what an earlier regrouping took away ---- */

/* "json_array("a", "b")" of a table's columns, or the expressions that take them out of it again. */
static struct error *append_columns(struct store *store, const char *table, const char *format, struct text *out) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT group_concat(printf(?2, coalesce(name, ''), cid), ', ') FROM pragma_table_info(?1)", &query);
    bool row = false;
    if (!error) {
        query_bind_text(query, 1, table);
        query_bind_text(query, 2, format);
        error = query_step(query, &row);
    }
    if (!error && row) {
        text_append(out, query_text(query, 0));
    }
    return error;
}

static struct error *restore(struct store *store) {
    struct error *error = NULL;
    for (size_t back = FOLLOWERS; !error && back > 0; back--) {
        const char *table = followers[back - 1].table;
        struct text sql __attribute__((cleanup(text_deinit))) = {0};
        text_append_format(&sql, "INSERT INTO \"%s\" (", table);
        error = append_columns(store, table, "\"%s\"", &sql);
        text_append(&sql, ") SELECT ");
        if (!error) {
            error = append_columns(store, table, "json_extract(row, '$[' || %.0s%d || ']')", &sql);
        }
        text_append_format(&sql, " FROM regroup_saved WHERE \"table\" = '%s' AND \"column\" IS NULL ORDER BY id", table);
        if (!error) {
            error = execute(store, &sql);
        }
    }
    for (size_t index = 0; !error && index < REFERENCES; index++) {
        const char *table = references[index].table;
        const char *column = references[index].column;
        struct text sql __attribute__((cleanup(text_deinit))) = {0};
        text_append_format(&sql,
                           "UPDATE \"%s\" SET \"%s\" = json_extract(s.row, '$[1]') FROM regroup_saved s WHERE s.\"table\" = '%s' AND "
                           "s.\"column\" = '%s' AND \"%s\".id = json_extract(s.row, '$[0]')",
                           table, column, table, column, table);
        error = execute(store, &sql);
    }
    if (!error) {
        error = store_execute(store, "DELETE FROM regroup_saved WHERE \"table\" <> 'file'");
    }
    return error_wrap(error, "cannot put back what an earlier regrouping took away: were runs added since?");
}

/* ---- entities ---- */

/*
 * The rule of the analyzer: the longest prefix, the earlier of two; what none covers is outside. Table regroup_moved: where the files of an entity
 * went, when they stayed together.
 */
static struct error *move_files(struct store *store) {
    return store_execute(
        store, "CREATE TEMP TABLE regroup_file AS SELECT f.id AS id, f.entity_id AS old, coalesce((SELECT p.entity FROM temp.regroup_path p WHERE "
               "f.path = p.stem OR substr(f.path, 1, length(p.stem) + 1) = p.stem || '/' ORDER BY length(p.prefix) DESC, p.id LIMIT 1), 'outside') "
               "AS entity "
               "FROM file f;"
               "CREATE TEMP TABLE regroup_client AS SELECT id FROM entity WHERE role = 'client';"
               "INSERT INTO entity (name, role, origin) SELECT entity, role, 'regroup' FROM temp.regroup_role WHERE true ORDER BY id "
               "ON CONFLICT (name) DO UPDATE SET role = excluded.role, origin = 'regroup';"
               "INSERT INTO entity (name, role, origin) SELECT 'outside', 'outside', 'regroup' FROM temp.regroup_file WHERE entity = 'outside' "
               "AND NOT EXISTS (SELECT * FROM temp.regroup_role WHERE entity = 'outside') LIMIT 1 "
               "ON CONFLICT (name) DO UPDATE SET role = excluded.role, origin = 'regroup';"
               "UPDATE file SET entity_id = (SELECT e.id FROM temp.regroup_file r JOIN entity e ON e.name = r.entity WHERE r.id = file.id);"
               "CREATE TEMP TABLE regroup_moved AS SELECT r.old AS old, min(e.id) AS new FROM temp.regroup_file r JOIN entity e ON e.name = r.entity "
               "GROUP BY r.old HAVING count(DISTINCT e.id) = 1;"
               "UPDATE state SET entity_id = coalesce((SELECT f.entity_id FROM file f WHERE f.path = state.file), "
               "(SELECT new FROM temp.regroup_moved WHERE old = state.entity_id)) WHERE entity_id IS NOT NULL;"
               "UPDATE txn SET entity_id = (SELECT i.entity_id FROM function f JOIN file i ON i.id = f.file_id WHERE f.id = txn.function_id) "
               "WHERE function_id IN (SELECT id FROM function WHERE file_id IS NOT NULL)");
}

/*
 * Owner and kind of what runs saw, by the rule of the probe's journal: the entity of the state, else of another state of its root, else (states that
 * no file defines) where the entity that the probe named went. A change is the client's by the role of its owner.
 */
static struct error *move_changes(struct store *store) {
    return store_execute(
        store, "CREATE TEMP TABLE regroup_owner (state_id INTEGER PRIMARY KEY, entity_id INTEGER);"
               "INSERT INTO temp.regroup_owner SELECT s.id, coalesce(s.entity_id, (SELECT o.entity_id FROM state o WHERE o.root = s.root AND "
               "o.entity_id IS NOT "
               "NULL ORDER BY o.id LIMIT 1)) FROM state s WHERE s.id IN (SELECT state_id FROM change);"
               "UPDATE change SET owner_entity = coalesce((SELECT entity_id FROM temp.regroup_owner r WHERE r.state_id = change.state_id), "
               "(SELECT new FROM temp.regroup_moved WHERE old = change.owner_entity)), "
               "owner = CASE WHEN owner_entity IN (SELECT id FROM temp.regroup_client) THEN 'server' ELSE owner END WHERE owner_entity IS NOT NULL;"
               "UPDATE change SET owner = 'client' WHERE owner_entity IN (SELECT id FROM entity WHERE role = 'client');"
               "UPDATE change SET kind = CASE WHEN owner_entity IS NOT NULL AND owner_entity <> (SELECT t.entity_id FROM observation o JOIN txn t ON "
               "t.id = o.txn_id WHERE o.id = change.observation_id) THEN 'secondary' ELSE 'primary' END");
}

/* What the analysis was asked to find: everything, unless its manifest names entries or finders. One row: named, pointed, any. */
#define FINDERS                                                                                                                                      \
    "(SELECT count(*) = 0 OR sum(key = 'find' AND value LIKE '%calls%') > 0 AS named, count(*) = 0 OR sum(key = 'find' AND value LIKE "              \
    "'%pointers%') > 0 AS pointed, count(*) = 0 OR sum(key = 'find') > 0 AS found FROM manifest WHERE section = 'transactions' AND key IN "          \
    "('entry', 'table', 'dispatch', 'find'))"

/* The analyzer looks for entries in servers only: what it did not look for in a file cannot be added here. */
static struct error *keep_roles(struct store *store) {
    return store_execute(
        store, "INSERT INTO regroup_saved (\"table\", \"column\", row) SELECT 'file', 'role', json_array(f.id, e.role) FROM file f JOIN unit u ON "
               "u.path = f.path JOIN entity e ON e.id = f.entity_id WHERE NOT EXISTS (SELECT * FROM regroup_saved WHERE \"table\" = 'file') "
               "ORDER BY f.id");
}

static struct error *refuse_new_server(struct store *store) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error =
        store_prepare(store,
                      "SELECT e.name, f.path FROM regroup_saved s JOIN file f ON f.id = json_extract(s.row, '$[0]') JOIN entity e ON "
                      "e.id = f.entity_id AND e.role = 'server' JOIN " FINDERS " w ON w.found WHERE s.\"table\" = 'file' AND "
                      "json_extract(s.row, '$[1]') <> 'server' ORDER BY f.path LIMIT 1",
                      &query);
    if (!error) {
        error = query_step(query, &row);
    }
    if (!error && row) {
        error = error_create(ERROR_USAGE,
                             "entity %s would make a server of %s, which the analysis took for none: its entries are not known; analyse anew",
                             query_text(query, 0), query_text(query, 1));
    }
    return error;
}

/* ---- transactions ---- */

/*
 * Who is called, and whether from another entity: as the analyzer finds entries, a direct call of an external function or an indirect call of any.
 * Table regroup_internal: transactions that nothing makes an entry any more.
 */
static struct error *find_internal(struct store *store) {
    return store_execute(
        store,
        "CREATE TEMP TABLE regroup_call AS SELECT callee AS function_id, max(direct AND crosses) AS by_name, max(NOT direct AND crosses) AS "
        "by_pointer "
        "FROM (SELECT c.callee AS callee, c.direct AS direct, (NOT c.direct OR t.linkage = 'external') AND (SELECT entity_id FROM file WHERE id = "
        "b.file_id) IS NOT (SELECT entity_id FROM file WHERE id = t.file_id) AS crosses "
        "FROM (SELECT caller_id AS caller, callee_id AS callee, 1 AS direct FROM call_edge UNION ALL SELECT s.function_id, g.function_id, 0 FROM "
        "call_site s JOIN call_target g ON g.call_site_id = s.id WHERE s.indirect) c "
        "JOIN function b ON b.id = c.caller JOIN function t ON t.id = c.callee) GROUP BY callee;"
        "CREATE UNIQUE INDEX temp.regroup_call_function ON regroup_call (function_id);"
        "CREATE TEMP TABLE regroup_internal (id INTEGER PRIMARY KEY);"
        "INSERT INTO temp.regroup_internal SELECT t.id FROM txn t JOIN entity e ON e.id = t.entity_id LEFT JOIN temp.regroup_call c ON "
        "c.function_id = t.function_id WHERE (NOT t.fixed AND t.found_by IN ('call', 'linkage') AND c.by_name = 0 AND c.by_pointer = 0) "
        "OR (e.role <> 'server' AND (t.found_by IN ('call', 'linkage', 'syscall', 'deferred') OR (t.found_by = 'table' AND NOT EXISTS "
        "(SELECT * FROM manifest WHERE section = 'transactions' AND key IN ('table', 'dispatch')))));"
        /* Nothing that was seen may vanish: without an enclosing transaction no other one holds its changes. */
        "CREATE TEMP TABLE regroup_entered AS SELECT DISTINCT txn_id AS id FROM observation WHERE parent_id IS NULL AND txn_id IN (SELECT id FROM "
        "temp.regroup_internal);"
        "DELETE FROM temp.regroup_internal WHERE id IN (SELECT id FROM temp.regroup_entered)");
}

static struct error *save_reference(struct store *store, const char *table, const char *column) {
    struct text sql __attribute__((cleanup(text_deinit))) = {0};
    text_append_format(
        &sql,
        "INSERT INTO regroup_saved (\"table\", \"column\", row) SELECT '%s', '%s', json_array(a.id, a.\"%s\") FROM \"%s\" a JOIN \"%s\" b "
        "ON b.id = a.\"%s\" WHERE b.\"%s\" IN (SELECT id FROM temp.regroup_internal) AND a.\"%s\" NOT IN (SELECT id FROM "
        "temp.regroup_internal) ORDER BY a.id",
        table, column, column, table, table, column, strcmp(table, "txn") == 0 ? "id" : "txn_id", strcmp(table, "txn") == 0 ? "id" : "txn_id");
    return execute(store, &sql);
}

/* Work of an internal transaction is that of the enclosing one: nearest enclosing observation that stays, first transaction that runs its function.
 */
static struct error *hand_over(struct store *store) {
    return store_execute(
        store,
        "CREATE TEMP TABLE regroup_parent (id INTEGER PRIMARY KEY, parent_id INTEGER);"
        "INSERT INTO temp.regroup_parent WITH RECURSIVE up (id, at) AS (SELECT id, parent_id FROM observation WHERE txn_id IN (SELECT id FROM "
        "temp.regroup_internal) UNION ALL SELECT u.id, o.parent_id FROM up u JOIN observation o ON o.id = u.at WHERE o.txn_id IN (SELECT id FROM "
        "temp.regroup_internal)) SELECT u.id, u.at FROM up u JOIN observation o ON o.id = u.at WHERE o.txn_id NOT IN (SELECT id FROM "
        "temp.regroup_internal);"
        "UPDATE observation SET parent_id = (SELECT p.parent_id FROM temp.regroup_parent p WHERE p.id = observation.parent_id) WHERE parent_id IN "
        "(SELECT id FROM temp.regroup_parent) AND txn_id NOT IN (SELECT id FROM temp.regroup_internal);"
        "UPDATE observation SET caused_by = (SELECT p.parent_id FROM temp.regroup_parent p WHERE p.id = observation.caused_by) WHERE caused_by IN "
        "(SELECT id FROM temp.regroup_parent) AND txn_id NOT IN (SELECT id FROM temp.regroup_internal);"
        "UPDATE txn SET caused_by = (SELECT min(c.txn_id) FROM closure c JOIN txn i ON i.function_id = c.function_id WHERE i.id = txn.caused_by AND "
        "c.txn_id <> txn.id AND c.txn_id NOT IN (SELECT id FROM temp.regroup_internal)) WHERE caused_by IN (SELECT id FROM temp.regroup_internal) "
        "AND "
        "id NOT IN (SELECT id FROM temp.regroup_internal)");
}

static struct error *take_away(struct store *store) {
    struct error *error = NULL;
    for (size_t index = 0; !error && index < REFERENCES; index++) {
        error = save_reference(store, references[index].table, references[index].column);
    }
    if (!error) {
        error = hand_over(store);
    }
    for (size_t index = 0; !error && index < FOLLOWERS; index++) {
        const char *table = followers[index].table;
        struct text sql __attribute__((cleanup(text_deinit))) = {0};
        text_append_format(&sql, "INSERT INTO regroup_saved (\"table\", row) SELECT '%s', json_array(", table);
        error = append_columns(store, table, "\"%s\"", &sql);
        text_append_format(&sql, ") FROM \"%s\" WHERE %s ORDER BY 1, 2; DELETE FROM \"%s\" WHERE %s", table, followers[index].condition, table,
                           followers[index].condition);
        if (!error) {
            error = execute(store, &sql);
        }
    }
    return error;
}

/* Entries that the finer entities have and the analysis did not expand: named, without a whitelist, so that nobody takes them for clean. */
static struct error *add_entries(struct store *store) {
    return store_execute(
        store,
        "INSERT INTO txn (name, common_name, entity_id, function_id, found_by, expanded) SELECT f.name, f.name, e.id, f.id, CASE WHEN w.named AND "
        "c.by_name OR w.pointed AND c.by_pointer THEN 'call' ELSE 'linkage' END, 0 "
        "FROM function f JOIN file i ON i.id = f.file_id JOIN entity e ON e.id = i.entity_id AND e.role = 'server' "
        "LEFT JOIN temp.regroup_call c ON c.function_id = f.id "
        "JOIN " FINDERS " w "
        "WHERE f.id NOT IN (SELECT function_id FROM txn) AND (w.named AND c.by_name OR w.pointed AND (c.by_pointer OR c.function_id IS NULL AND "
        "f.linkage = 'external')) ORDER BY f.name, f.id");
}

static struct error *drop_entities(struct store *store) {
    return store_execute(store,
                         "CREATE INDEX regroup_owner_of ON change (owner_entity) WHERE owner_entity IS NOT NULL;"
                         "DELETE FROM entity WHERE name NOT IN (SELECT entity FROM temp.regroup_role) AND id NOT IN (SELECT entity_id FROM file) AND "
                         "id NOT IN (SELECT entity_id FROM txn) AND id NOT IN (SELECT owner_entity FROM change WHERE owner_entity IS NOT NULL)");
}

/* ---- the whole ---- */

static struct error *refuse_foreign(struct store *store, const char *path) {
    int64_t files = 0;
    int64_t without = 0;
    struct error *error = store_scalar(store, "SELECT count(*) FROM file JOIN (SELECT 1 FROM txn LIMIT 1)", &files);
    if (!error) {
        error = store_scalar(store, "SELECT count(*) FROM meta WHERE key = 'calls'", &without);
    }
    if (!error && !files) {
        error = error_create(ERROR_MISMATCH, "%s holds no analysis: run spillscope analyze first", path);
    }
    if (!error && without) {
        error = error_create(ERROR_MISMATCH, "%s was analysed by a version that did not record calls: analyse anew to regroup", path);
    }
    return error;
}

static struct error *count(struct store *store, struct regroup_summary *summary) {
    const struct {
        const char *sql;
        int64_t *value;
    } figures[] = {
        {"SELECT count(DISTINCT entity_id) FROM file", &summary->entities},
        {"SELECT count(*) FROM txn", &summary->transactions},
        {"SELECT count(*) FROM temp.regroup_internal", &summary->internal},
        {"SELECT count(*) FROM temp.regroup_entered", &summary->entered},
        {"SELECT count(*) FROM txn WHERE NOT expanded", &summary->added},
        {"SELECT count(*) FROM change WHERE owner_entity IS NULL", &summary->ownerless},
    };
    struct error *error = NULL;
    for (size_t index = 0; !error && index < sizeof figures / sizeof *figures; index++) {
        error = store_scalar(store, figures[index].sql, figures[index].value);
    }
    return error;
}

static struct error *regroup(struct store *store, const char *path, const char *manifest, const char *text, struct regroup_summary *summary) {
    struct error *error = refuse_foreign(store, path);
    if (!error) {
        error = read_manifest(store, manifest, text);
    }
    struct error *(*const steps[])(struct store *) = {index_references, restore,   keep_roles,  move_files,    refuse_new_server, move_changes,
                                                      find_internal,    take_away, add_entries, drop_entities, drop_indices};
    for (size_t index = 0; !error && index < sizeof steps / sizeof *steps; index++) {
        error = steps[index](store);
    }
    if (!error) {
        error = store_meta_set(store, "regrouped", manifest);
    }
    return error ? error : count(store, summary);
}

/* `file` is what changes: the database at `path`, or the copy of it. */
static struct error *regroup_file(const char *file, const char *path, const char *manifest, const char *text, struct regroup_summary *summary) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct error *error = store_open(file, STORE_WRITE, &store);
    if (!error) {
        error = store_begin(store);
    }
    if (!error) {
        error = regroup(store, path, manifest, text, summary);
    }
    return error ? error : store_commit(store);
}

struct error *store_regroup(const char *path, const char *manifest, const char *output, struct regroup_summary *out_summary) {
    char *text SCOPE_FREE = NULL;
    struct regroup_summary summary = {0};
    if (output && access(output, F_OK) == 0) {
        return error_create(ERROR_USAGE, "%s exists already: regroup -o makes a new database", output);
    }
    struct error *error = manifest_read_file(manifest, &text);
    if (!error && output) {
        error = store_copy(path, output);
    }
    if (!error) {
        error = regroup_file(output ? output : path, path, manifest, text, &summary);
    }
    if (error && output) {
        store_remove(output);
    }
    if (!error) {
        *out_summary = summary;
    }
    return error;
}
