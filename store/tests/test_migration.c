#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "migration.h"

enum { NOW = STORE_SCHEMA_VERSION };

static char path[128];
static char backup_path[160];

static int set_up(void **state) {
    snprintf(path, sizeof path, "/tmp/spillscope-test-migration-%d.db", (int)getpid());
    snprintf(backup_path, sizeof backup_path, "%s.v%d.bak", path, NOW);
    struct store *store = NULL;
    if (store_open(path, STORE_CREATE, &store) || store_meta_set(store, "kernel", "kept")) {
        return -1;
    }
    *state = store;
    return 0;
}

static int tear_down(void **state) {
    static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
    store_close(*state);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char name[192];
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        unlink(name);
    }
    unlink(backup_path);
    return 0;
}

static int64_t scalar(struct store *store, const char *sql) {
    int64_t value = -1;
    assert_null(store_scalar(store, sql, &value));
    return value;
}

static void test_steps_keep_data_and_leave_a_backup(void **state) {
    struct store *store = *state;
    static const struct migration steps[] = {
        {NOW, "CREATE TABLE two (x)"}, {NOW + 1, "CREATE TABLE three (x); INSERT INTO three SELECT value FROM meta WHERE key = 'kernel'"}, {0, NULL}};
    char *backup = NULL;
    assert_null(migration_run(store, steps, NOW + 2, &backup));
    assert_string_equal(backup, backup_path);
    free(backup);
    assert_int_equal(scalar(store, "PRAGMA user_version"), NOW + 2);
    assert_int_equal(scalar(store, "SELECT count(*) FROM three WHERE x = 'kept'"), 1);
    struct store *old = NULL;
    assert_null(store_open(backup_path, STORE_READ, &old)); /* the backup is a whole database of the old version */
    assert_int_equal(scalar(old, "SELECT count(*) FROM meta WHERE value = 'kept'"), 1);
    store_close(old);
}

static void test_failing_step_changes_nothing(void **state) {
    struct store *store = *state;
    static const struct migration steps[] = {{NOW, "CREATE TABLE two (x)"}, {NOW + 1, "THIS IS NO SQL"}, {0, NULL}};
    char *backup = NULL;
    struct error *error = migration_run(store, steps, NOW + 2, &backup);
    assert_non_null(error);
    assert_non_null(strstr(error_message(error), "THIS"));
    error_destroy(error);
    assert_null(backup);
    assert_int_equal(scalar(store, "PRAGMA user_version"), NOW);
    assert_int_equal(scalar(store, "SELECT count(*) FROM sqlite_schema WHERE name = 'two'"), 0);
}

static void test_missing_step_and_nothing_to_do(void **state) {
    struct store *store = *state;
    static const struct migration steps[] = {{0, NULL}};
    char *backup = NULL;
    struct error *error = migration_run(store, steps, NOW + 1, &backup);
    char wanted[64];
    snprintf(wanted, sizeof wanted, "no way from schema version %d to %d", NOW, NOW + 1);
    assert_non_null(strstr(error_message(error), wanted));
    error_destroy(error);
    assert_null(migration_run(store, steps, NOW, &backup));
    assert_null(backup);
    assert_int_not_equal(access(backup_path, F_OK), 0);
}

/* Every column of every table and view, as text. */
static char *shape_of_open(struct store *store) {
    struct query *query = NULL;
    char *shape = calloc(1, 1 << 16);
    bool row = true;
    assert_null(store_prepare(store,
                              "SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || coalesce(c.dflt_value, '-') FROM "
                              "sqlite_schema m, pragma_table_info(m.name) c WHERE m.type IN ('table', 'view') ORDER BY m.name, c.cid",
                              &query));
    while (!query_step(query, &row) && row) {
        strcat(strcat(shape, query_text(query, 0)), "\n");
    }
    query_destroy(query);
    return shape;
}

static char *shape_of(const char *database) {
    struct store *store = NULL;
    assert_null(store_open(database, STORE_READ, &store));
    char *shape = shape_of_open(store);
    store_close(store);
    return shape;
}

/* What each version added is taken away again, newest first: the oldest database there was. */
static const char UNDO[] = "DROP TABLE acceptance; DROP TABLE may_read; DROP TABLE litmus; "
                           "CREATE TABLE litmus (id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, txn_id INTEGER NOT NULL, key TEXT NOT NULL, action "
                           "TEXT NOT NULL, outcome TEXT "
                           "NOT NULL) STRICT; "
                           "DROP TABLE regroup_saved; DROP TABLE call_edge; ALTER TABLE txn DROP COLUMN fixed; "
                           "ALTER TABLE change DROP COLUMN undone; "
                           "PRAGMA user_version = 1";

/* They use columns that the oldest database does not have. */
static void drop_views(struct store *store) {
    for (int64_t left = scalar(store, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'"); left > 0; left--) {
        struct query *query = NULL;
        bool row = false;
        char sql[160];
        assert_null(store_prepare(store, "SELECT name FROM sqlite_schema WHERE type = 'view' LIMIT 1", &query));
        assert_null(query_step(query, &row));
        assert_true(row);
        snprintf(sql, sizeof sql, "DROP VIEW \"%s\"", query_text(query, 0));
        query_destroy(query);
        assert_null(store_execute(store, sql));
    }
}

static void test_oldest_database_becomes_what_a_new_one_is(void **state) {
    struct store *store = *state;
    char *fresh = shape_of(path);
    char *backup = NULL;
    drop_views(store);
    assert_null(store_execute(store, UNDO));
    char *old = shape_of_open(store);
    assert_string_not_equal(old, fresh);
    free(old);
    store_close(store);
    *state = NULL;
    assert_null(store_migrate(path, &backup));
    assert_non_null(backup);
    char *migrated = shape_of(path);
    assert_string_equal(migrated, fresh);
    unlink(backup);
    free(backup);
    free(migrated);
    free(fresh);
}

/* A database of the version before the last, with a row in every group of tables: nothing of it is lost, and it reads as one that was made new. */
static void test_previous_version_keeps_what_it_held(void **state) {
    struct store *store = *state;
    static const char data[] =
        "INSERT INTO entity (id, name, role, origin) VALUES (1, 'files', 'server', 'manifest');"
        "INSERT INTO file (id, path, entity_id) VALUES (1, 'files.c', 1); INSERT INTO function (id, name, file_id, line, linkage) VALUES "
        "(1, 'file_open', 1, 7, 'external');"
        "INSERT INTO suppression (fingerprint, reason, owner) VALUES ('abcdef', 'why', 'who');"
        "INSERT INTO declaration (pattern, kind, reason) VALUES ('files.lock', 'exempt', 'a lock')";
    static const char content[] =
        "SELECT (SELECT count(*) FROM entity WHERE name = 'files' AND role = 'server') + (SELECT count(*) FROM function f JOIN "
        "file l ON l.id = f.file_id WHERE l.path = 'files.c' AND f.line = 7) + (SELECT count(*) FROM suppression WHERE owner "
        "= 'who' AND expires IS NULL) + (SELECT count(*) FROM declaration WHERE kind = 'exempt') + (SELECT count(*) FROM meta WHERE value = 'kept')";
    char *fresh = shape_of(path);
    char *backup = NULL;
    assert_null(store_execute(store, data));
    assert_int_equal(scalar(store, content), 5);
    drop_views(store);
    assert_null(store_execute(store, "DROP TABLE acceptance; PRAGMA user_version = 5"));
    store_close(store);
    *state = NULL;
    assert_null(store_migrate(path, &backup));
    char *migrated = shape_of(path);
    assert_string_equal(migrated, fresh);
    assert_null(store_open(path, STORE_READ, &store));
    assert_int_equal(scalar(store, content), 5);
    assert_int_equal(scalar(store, "SELECT count(*) FROM acceptance"), 0);
    assert_int_equal(scalar(store, "SELECT count(*) FROM v_declared"), 0);
    store_close(store);
    unlink(backup);
    free(backup);
    free(migrated);
    free(fresh);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_steps_keep_data_and_leave_a_backup, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failing_step_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_missing_step_and_nothing_to_do, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_previous_version_keeps_what_it_held, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_oldest_database_becomes_what_a_new_one_is, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
