#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spillscope/store.h"

static char path[128];

static int make_path(void **state) {
    (void)state;
    snprintf(path, sizeof path, "/tmp/spillscope-test-store-%d.db", (int)getpid());
    return 0;
}

static int remove_files(void **state) {
    (void)state;
    static const char *const suffixes[] = {"", "-wal", "-shm", "-lock"};
    for (size_t index = 0; index < sizeof suffixes / sizeof suffixes[0]; index++) {
        char name[160];
        snprintf(name, sizeof name, "%s%s", path, suffixes[index]);
        unlink(name);
    }
    return 0;
}

static void assert_error(struct error *error, enum error_code code, const char *part) {
    assert_non_null(error);
    assert_int_equal(error_code_of(error), code);
    if (!strstr(error_message(error), part)) {
        fail_msg("\"%s\" does not say \"%s\"", error_message(error), part);
    }
    error_destroy(error);
}

static void test_create_then_read(void **state) {
    (void)state;
    struct store *store = NULL;
    assert_null(store_open(path, STORE_CREATE, &store));
    assert_null(store_meta_set(store, "kernel", "one"));
    assert_null(store_meta_set(store, "kernel", "two"));
    int64_t first = 0;
    int64_t again = 0;
    assert_null(store_state_id(store, "struct task.name[]", "heap", "probe", &first));
    assert_null(store_state_id(store, "struct task.name[]", "heap", "probe", &again));
    assert_int_equal(first, again);
    store_close(store);
    assert_null(store_open(path, STORE_READ, &store));
    char *value = NULL;
    assert_null(store_meta_get(store, "kernel", &value));
    assert_string_equal(value, "two");
    free(value);
    int64_t match = 0;
    assert_null(store_scalar(store, "SELECT count(*) FROM state WHERE root = 'struct task' AND path = '.name[]'", &match));
    assert_int_equal(match, 1);
    int64_t keys = 0;
    assert_null(store_scalar(store, "PRAGMA foreign_keys", &keys));
    assert_int_equal(keys, 1);
    store_close(store);
}

static void test_refuses_what_is_not_ours(void **state) {
    (void)state;
    struct store *store = NULL;
    assert_error(store_open("/nonexistent/x.db", STORE_READ, &store), ERROR_IO, "/nonexistent/x.db");
    assert_null(store_open(path, STORE_CREATE, &store));
    assert_null(store_execute(store, "PRAGMA user_version = 99"));
    store_close(store);
    assert_error(store_open(path, STORE_WRITE, &store), ERROR_DATABASE, "newer");
    remove_files(NULL);
    FILE *file = fopen(path, "w");
    fputs("this is a text file, long enough to be taken for a database header, but is none of them at all\n", file);
    fclose(file);
    assert_error(store_open(path, STORE_WRITE, &store), ERROR_DATABASE, "not a database");
}

static void test_two_writers(void **state) {
    (void)state;
    struct store *store = NULL;
    struct store *second = NULL;
    assert_null(store_open(path, STORE_CREATE, &store));
    assert_error(store_open(path, STORE_WRITE, &second), ERROR_DATABASE, "another spillscope is writing");
    assert_null(store_open(path, STORE_READ, &second)); /* readers are welcome */
    store_close(second);
    store_close(store);
    assert_null(store_open(path, STORE_WRITE, &store)); /* and the lock is gone with its holder */
    store_close(store);
}

/* A writer killed at any time leaves what it committed, and nothing else. */
static void test_killed_writer(void **state) {
    (void)state;
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct store *store = NULL;
        struct error *error = store_open(path, STORE_CREATE, &store);
        for (int row = 0; !error && row < 10; row++) {
            char sql[96];
            snprintf(sql, sizeof sql, "INSERT INTO meta VALUES ('row %d', 'x')", row);
            error = store_begin(store);
            error = error ? error : store_execute(store, sql);
            error = error || row == 9 ? error : store_commit(store);
        }
        (void)!write(ready[1], error ? "e" : "k", 1);
        pause();
        _exit(1);
    }
    char answer = 0;
    assert_int_equal(read(ready[0], &answer, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ready[0]);
    close(ready[1]);
    assert_int_equal(answer, 'k');
    struct store *store = NULL;
    assert_null(store_open(path, STORE_WRITE, &store));
    int64_t rows = 0;
    assert_null(store_scalar(store, "SELECT count(*) FROM meta", &rows));
    assert_int_equal(rows, 9); /* the tenth was in flight */
    store_close(store);
}

/* A database of this schema version that was made before a view was added: who reads it has the view, and the file stays as it is. */
static void test_a_view_of_later(void **state) {
    (void)state;
    struct store *store = NULL;
    int64_t value = 0;
    assert_null(store_open(path, STORE_CREATE, &store));
    assert_null(store_execute(
        store, "INSERT INTO entity (name, role, origin) VALUES ('e', 'server', 'file'); DROP VIEW v_spill_graph; DROP VIEW v_entity_count"));
    store_close(store);
    assert_null(store_open(path, STORE_READ, &store));
    assert_null(store_scalar(store, "SELECT count(*) FROM v_spill_graph", &value));
    assert_int_equal(value, 0);
    assert_null(store_scalar(store, "SELECT count(*) FROM v_whitelist_size", &value));
    assert_null(store_scalar(store, "SELECT count(*) FROM main.sqlite_schema WHERE name = 'v_spill_graph'", &value));
    assert_int_equal(value, 0);
    store_close(store);
}

static void test_errors_name_the_sql(void **state) {
    (void)state;
    struct store *store = NULL;
    struct query *query = NULL;
    assert_null(store_open(path, STORE_CREATE, &store));
    assert_error(store_prepare(store, "SELECT nothing FROM nowhere", &query), ERROR_DATABASE, "nowhere");
    assert_error(store_execute(store, "INSERT INTO file (path, entity_id) VALUES ('a.c', 77)"), ERROR_DATABASE, "FOREIGN KEY");
    store_close(store);
}

static size_t files_beside(void) {
    static const char *const suffixes[] = {"-wal", "-shm", "-journal", "-lock"};
    size_t count = 0;
    for (size_t index = 0; index < sizeof suffixes / sizeof suffixes[0]; index++) {
        char name[160];
        snprintf(name, sizeof name, "%s%s", path, suffixes[index]);
        count += access(name, F_OK) == 0;
    }
    return count;
}

/* Nothing stands beside a database that nobody writes to, whoever reads it; readers and a writer at a time get along. */
static void test_one_file(void **state) {
    (void)state;
    struct store *writer = NULL;
    struct store *reader = NULL;
    assert_null(store_open(path, STORE_CREATE, &writer));
    assert_null(store_meta_set(writer, "kernel", "one"));
    store_close(writer);
    assert_null(store_open(path, STORE_READ, &reader));
    store_close(reader);
    assert_int_equal(files_beside(), 0);

    char *value = NULL;
    assert_null(store_open(path, STORE_WRITE, &writer));
    assert_null(store_open(path, STORE_READ, &reader));
    assert_null(store_meta_set(writer, "kernel", "two"));
    store_close(writer);
    assert_null(store_meta_get(reader, "kernel", &value));
    assert_string_equal(value, "two");
    free(value);
    store_close(reader);
    assert_null(store_open(path, STORE_WRITE, &writer)); /* the next writer makes up for it */
    store_close(writer);
    assert_int_equal(files_beside(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_create_then_read, make_path, remove_files),
        cmocka_unit_test_setup_teardown(test_one_file, make_path, remove_files),
        cmocka_unit_test_setup_teardown(test_refuses_what_is_not_ours, make_path, remove_files),
        cmocka_unit_test_setup_teardown(test_two_writers, make_path, remove_files),
        cmocka_unit_test_setup_teardown(test_killed_writer, make_path, remove_files),
        cmocka_unit_test_setup_teardown(test_a_view_of_later, make_path, remove_files),
        cmocka_unit_test_setup_teardown(test_errors_name_the_sql, make_path, remove_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
