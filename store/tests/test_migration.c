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

/* Tables that version 7 replaced, empty. */
#define UNDO_7                                                                                                                                       \
    "DROP TABLE may_modify; DROP TABLE witness_call; DROP TABLE witness_place; DROP TABLE txn_unknown; DROP TABLE unknown;"                          \
    "CREATE TABLE may_modify (id INTEGER PRIMARY KEY, txn_id INTEGER NOT NULL REFERENCES txn (id), state_id INTEGER NOT NULL REFERENCES state "      \
    "(id), "                                                                                                                                         \
    "phase TEXT NOT NULL CHECK (phase IN ('init', 'runtime')), by_unknown INTEGER NOT NULL DEFAULT 0, narrowed INTEGER NOT NULL DEFAULT 0, "         \
    "UNIQUE (txn_id, state_id)) STRICT; CREATE INDEX may_modify_state ON may_modify (state_id);"                                                     \
    "CREATE TABLE witness (may_modify_id INTEGER NOT NULL REFERENCES may_modify (id), step INTEGER NOT NULL, function TEXT NOT NULL, "               \
    "file TEXT NOT NULL, line INTEGER NOT NULL, why TEXT NOT NULL, PRIMARY KEY (may_modify_id, step)) STRICT, WITHOUT ROWID;"                        \
    "CREATE TABLE unknown (id INTEGER PRIMARY KEY, txn_id INTEGER NOT NULL REFERENCES txn (id), cause TEXT NOT NULL, detail TEXT NOT NULL, "         \
    "function TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL) STRICT; CREATE INDEX unknown_txn ON unknown (txn_id);"

/* What each version added is taken away again, newest first: the oldest database there was. */
static const char UNDO[] =
    UNDO_7 "DROP TABLE acceptance; DROP TABLE may_read; DROP TABLE litmus; "
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

/* Closes the store; migrated, its file is as `fresh`, which is freed, with a backup or without. */
static void expect_migrated(void **state, char *fresh, bool backed_up) {
    char *backup = NULL;
    store_close(*state);
    *state = NULL;
    assert_null(store_migrate(path, &backup));
    assert_int_equal(backup != NULL, backed_up);
    char *migrated = shape_of(path);
    assert_string_equal(migrated, fresh);
    if (backup) {
        unlink(backup);
    }
    free(backup);
    free(migrated);
    free(fresh);
}

static void test_oldest_database_becomes_what_a_new_one_is(void **state) {
    struct store *store = *state;
    char *fresh = shape_of(path);
    drop_views(store);
    assert_null(store_execute(store, UNDO));
    char *old = shape_of_open(store);
    assert_string_not_equal(old, fresh);
    free(old);
    expect_migrated(state, fresh, true);
}

/* Of the right version, but made before a view was added. */
static void test_missing_views_are_put_in(void **state) {
    char *fresh = shape_of_open(*state);
    assert_null(store_execute(*state, "DROP VIEW v_state_use"));
    expect_migrated(state, fresh, false);
}

/* A database of the version before, with a row in every group of tables: nothing of it is lost, and it reads as one that was made new. */
static void test_previous_version_keeps_what_it_held(void **state) {
    struct store *store = *state;
    static const char data[] =
        "INSERT INTO entity (id, name, role, origin) VALUES (1, 'files', 'server', 'manifest');"
        "INSERT INTO file (id, path, entity_id) VALUES (1, 'files.c', 1); INSERT INTO function (id, name, file_id, line, linkage) VALUES "
        "(1, 'file_open', 1, 7, 'external');"
        "INSERT INTO txn (id, name, common_name, entity_id, function_id, found_by) VALUES (1, 'file_open', 'file_open', 1, 1, 'linkage');"
        "INSERT INTO state (id, key, root, path, root_kind, origin) VALUES (1, 'a', 'a', '', 'global', 'analyzer'), "
        "(2, 'b', 'b', '', 'global', 'analyzer'), (3, 'c', 'c', '', 'global', 'analyzer');"
        "INSERT INTO suppression (fingerprint, reason, owner) VALUES ('abcdef', 'why', 'who');"
        "INSERT INTO declaration (pattern, kind, reason) VALUES ('files.lock', 'exempt', 'a lock')";
    /* A regrouping took transaction 2 away, with what belongs to it. */
    static const char old_data[] =
        "INSERT INTO may_modify (id, txn_id, state_id, phase) VALUES (1, 1, 1, 'runtime'), (2, 1, 2, 'init'), (3, 1, 3, 'runtime');"
        "INSERT INTO witness VALUES (1, 0, 'file_open', 'files.c', 7, 'entry'), (1, 1, 'file_open', 'files.c', 9, 'calls file_link'), "
        "(1, 2, 'file_link', 'files.c', 3, 'stores to a'), (2, 0, 'file_open', 'files.c', 7, 'stores to b');"
        "INSERT INTO unknown (txn_id, cause, detail, function, file, line) VALUES (1, 'outside-call', 'copy', 'file_open', 'files.c', 8), "
        "(1, 'outside-call', 'copy', 'file_open', 'files.c', 8);"
        "INSERT INTO meta VALUES ('kept', 'old digests');"
        "INSERT INTO regroup_saved (\"table\", row) VALUES "
        "('witness', json_array(9, 0, 'file_link', 'files.c', 2, 'entry')), ('witness', json_array(9, 1, 'file_link', 'files.c', 3, 'stores to a')), "
        "('may_modify', json_array(9, 2, 1, 'runtime', 0, 0)), ('unknown', json_array(5, 2, 'asm-memory', 'rep', 'file_link', 'files.c', 4))";
    static const char content[] =
        "SELECT (SELECT count(*) FROM entity WHERE name = 'files' AND role = 'server') + (SELECT count(*) FROM function f JOIN "
        "file l ON l.id = f.file_id WHERE l.path = 'files.c' AND f.line = 7) + (SELECT count(*) FROM suppression WHERE owner "
        "= 'who' AND expires IS NULL) + (SELECT count(*) FROM declaration WHERE kind = 'exempt') + (SELECT count(*) FROM meta WHERE value = 'kept')";
    char *fresh = shape_of(path);
    char *backup = NULL;
    drop_views(store);
    assert_null(store_execute(store, data));
    assert_null(store_execute(store, UNDO_7 "PRAGMA user_version = 6"));
    assert_null(store_execute(store, old_data));
    store_close(store);
    *state = NULL;
    assert_null(store_migrate(path, &backup));
    char *migrated = shape_of(path);
    assert_string_equal(migrated, fresh);
    assert_null(store_open(path, STORE_READ, &store));
    assert_int_equal(scalar(store, content), 5);
    assert_int_equal(scalar(store, "SELECT count(*) FROM v_declared"), 3);
    assert_int_equal(scalar(store, "SELECT count(*) FROM meta WHERE key = 'kept'"), 0);
    /* Each witness is told as before. */
    assert_int_equal(scalar(store, "SELECT count(*) FROM v_witness"), 4);
    assert_int_equal(
        scalar(store, "SELECT group_concat(line, ' ') = '7 9 3' FROM (SELECT line FROM v_witness WHERE may_modify_id = 1 ORDER BY step)"), 1);
    assert_int_equal(scalar(store, "SELECT line FROM v_witness WHERE may_modify_id = 2 AND step = 0 AND why = 'stores to b'"), 7);
    assert_int_equal(scalar(store, "SELECT count(*) FROM v_unknown WHERE txn_id = 1 AND cause = 'outside-call' AND line = 8"), 1);
    /* What was taken away waits in the shape that the next regrouping puts back. */
    assert_int_equal(scalar(store, "SELECT count(*) FROM regroup_saved s JOIN unknown u ON u.id = json_extract(s.row, '$[1]') WHERE s.\"table\" = "
                                   "'txn_unknown' AND json_extract(s.row, '$[0]') = 2 AND u.cause = 'asm-memory'"),
                     1);
    assert_int_equal(scalar(store, "SELECT count(*) FROM regroup_saved s JOIN regroup_saved c ON c.\"table\" = 'witness_call' AND "
                                   "json_extract(c.row, '$[0]', '$[1]') = json_extract(s.row, '$[1]', '$[6]') JOIN witness_place p ON p.id = "
                                   "json_extract(s.row, '$[7]') WHERE s.\"table\" = 'may_modify' AND p.line = 3"),
                     1);
    assert_int_equal(scalar(store, "SELECT count(*) FROM regroup_saved"), 3);
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
        cmocka_unit_test_setup_teardown(test_missing_views_are_put_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_previous_version_keeps_what_it_held, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_oldest_database_becomes_what_a_new_one_is, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
