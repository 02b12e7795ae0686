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

static char path[128];
static char backup_path[160];

static int set_up(void **state) {
    snprintf(path, sizeof path, "/tmp/spillscope-test-migration-%d.db", (int)getpid());
    snprintf(backup_path, sizeof backup_path, "%s.v1.bak", path);
    struct store *store = NULL;
    if (store_open(path, STORE_CREATE, &store) || store_meta_set(store, "kernel", "kept")) {
        return -1;
    }
    *state = store;
    return 0;
}

static int tear_down(void **state) {
    store_close(*state);
    unlink(path);
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
        {1, "CREATE TABLE two (x)"}, {2, "CREATE TABLE three (x); INSERT INTO three SELECT value FROM meta WHERE key = 'kernel'"}, {0, NULL}};
    char *backup = NULL;
    assert_null(migration_run(store, steps, 3, &backup));
    assert_string_equal(backup, backup_path);
    free(backup);
    assert_int_equal(scalar(store, "PRAGMA user_version"), 3);
    assert_int_equal(scalar(store, "SELECT count(*) FROM three WHERE x = 'kept'"), 1);
    struct store *old = NULL;
    assert_null(store_open(backup_path, STORE_READ, &old)); /* the backup is a whole database of the old version */
    assert_int_equal(scalar(old, "SELECT count(*) FROM meta WHERE value = 'kept'"), 1);
    store_close(old);
}

static void test_failing_step_changes_nothing(void **state) {
    struct store *store = *state;
    static const struct migration steps[] = {{1, "CREATE TABLE two (x)"}, {2, "THIS IS NO SQL"}, {0, NULL}};
    char *backup = NULL;
    struct error *error = migration_run(store, steps, 3, &backup);
    assert_non_null(error);
    assert_non_null(strstr(error_message(error), "THIS"));
    error_destroy(error);
    assert_null(backup);
    assert_int_equal(scalar(store, "PRAGMA user_version"), 1);
    assert_int_equal(scalar(store, "SELECT count(*) FROM sqlite_schema WHERE name = 'two'"), 0);
}

static void test_missing_step_and_nothing_to_do(void **state) {
    struct store *store = *state;
    static const struct migration steps[] = {{0, NULL}};
    char *backup = NULL;
    struct error *error = migration_run(store, steps, 2, &backup);
    assert_non_null(strstr(error_message(error), "no way from schema version 1 to 2"));
    error_destroy(error);
    assert_null(migration_run(store, steps, 1, &backup));
    assert_null(backup);
    assert_int_not_equal(access(backup_path, F_OK), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_steps_keep_data_and_leave_a_backup, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failing_step_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_missing_step_and_nothing_to_do, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
