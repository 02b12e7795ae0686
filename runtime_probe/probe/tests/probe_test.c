/* The probe from end to end, against a tiny guest under QEMU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture.h"

#include "spillscope/machine.h"
#include "spillscope/probe.h"
#include "spillscope/scope.h"
#include "spillscope/store.h"
#include "spillscope/text.h"

static int fixture_setup(void **state) {
    return fixture_make("facts.sql", "guest.c", state);
}

static void database_make(const char *path) {
    fixture_database(path, "facts.sql", "guest.c");
}

static void run_tiny(const struct fixture *fixture, enum probe_mode mode, const char *database) {
    char *words[COMMAND_WORDS];
    struct probe_request request = request_for(fixture, GUEST("tiny"), words);
    struct probe_summary summary;
    request.mode = mode;
    request.database = database;
    succeed(probe_run(&request, &summary));
    assert_string_equal(summary.mode, mode == PROBE_STUB ? "stub" : mode == PROBE_RECORDER ? "recorder" : "ram");
    /* The facts leave item_stale out of item_remove's whitelist. */
    static const char missed[] = "WARNING: 2 of ";
    assert_int_equal(strncmp(summary.notices, missed, strlen(missed)), 0);
    assert_non_null(strstr(summary.notices, "(such as item_stale)"));
    assert_ptr_equal(strchr(summary.notices, '\n'), summary.notices + strlen(summary.notices) - 1); /* the only one */
    assert_false(summary.mismatched);
}

static void every_transaction_is_tracked(void **state) {
    struct fixture *fixture = *state;
    run_tiny(fixture, PROBE_RAM, fixture->database);
    expect_rows(fixture->database,
                "SELECT t.name, o.status, count(*), min(o.result), max(o.result), sum(o.overlapped), count(DISTINCT o.task) FROM observation o "
                "JOIN txn t ON t.id = o.txn_id GROUP BY 1, 2",
                7,
                "batch_run|complete|5|0|12|0|1\n"
                "counter_add|complete|21|-1|54|5|2\n"
                "counter_name|complete|5|-|-|0|1\n"
                "depth_walk|complete|20|1|4|0|1\n"
                "item_insert|complete|5|1|3|0|1\n"
                "item_remove|complete|2|0|0|0|1\n"
                "item_touch|complete|5|0|0|0|1\n"
                "noisy_update|complete|5|0|0|0|1\n"
                "note_write|complete|2|0|0|0|1\n"
                "request_serve|complete|5|-7|-7|0|1\n"
                "slow_update|complete|5|0|0|5|1\n"
                "task_end|cut|1|-|-|0|1\n"
                "task_end|divergent|1|-|-|0|1\n");
    /* Nested and recursive ones know their parents. */
    expect_rows(fixture->database,
                "SELECT t.name, p.name, count(*) FROM observation o JOIN txn t ON t.id = o.txn_id JOIN observation u ON u.id = o.parent_id "
                "JOIN txn p ON p.id = u.txn_id GROUP BY 1, 2",
                3, "counter_add|batch_run|10\ndepth_walk|depth_walk|15\n");
    expect_rows(fixture->database, "SELECT tool, mode, started, ended, status, cpus FROM run", 6,
                "probe|ram|2001-09-09T01:46:40Z|2001-09-09T01:46:40Z|complete|1\n");
}

static void changes_are_typed_and_owned(void **state) {
    struct fixture *fixture = *state;
    run_tiny(fixture, PROBE_AUTO, fixture->database);
    expect_rows(
        fixture->database,
        "SELECT t.name, s.key, c.kind, c.attribution, c.owner, c.whitelisted, c.effect, count(*) FROM change c "
        "JOIN observation o ON o.id = c.observation_id JOIN txn t ON t.id = o.txn_id JOIN state s ON s.id = c.state_id GROUP BY 1, 2, 3, 4, 5, 6, 7",
        8,
        "batch_run|batch_runs|primary|own|server|1|modified|5\n"
        "batch_run|counters[].low|secondary|own|server|1|modified|9\n"
        "batch_run|counters[].value|secondary|own|server|1|modified|8\n"
        "batch_run|guest.c:counter_total|secondary|own|server|1|modified|4\n"
        "counter_add|counters[].low|primary|own|server|1|modified|20\n"
        "counter_add|counters[].value|primary|own|server|1|modified|18\n"
        "counter_add|guest.c:counter_total|primary|own|server|1|modified|18\n"
        "counter_name|counters[].mode|primary|own|server|1|modified|5\n"
        "counter_name|counters[].name[]|primary|own|server|1|modified|5\n"
        "counter_name|counters[].second|primary|own|server|1|modified|5\n"
        "depth_walk|depth_sum|primary|own|server|1|modified|20\n"
        "item_insert|item_count|primary|own|server|1|modified|5\n"
        "item_insert|items.next|primary|own|server|1|added|5\n"
        "item_insert|items.prev|primary|own|server|1|added|1\n"
        "item_insert|struct item.link.next|primary|own|server|1|created|5\n"
        "item_insert|struct item.link.prev|primary|own|server|1|added|4\n"
        "item_insert|struct item.link.prev|primary|own|server|1|created|5\n"
        "item_insert|struct item.twin|primary|own|server|1|created|5\n"
        "item_insert|struct item.value|primary|own|server|1|created|5\n"
        "item_remove|item_count|primary|own|server|1|modified|2\n"
        /* Stored, though the whitelist does not have it. */
        "item_remove|item_stale|secondary|own|server|0|added|1\n"
        "item_remove|item_stale|secondary|own|server|0|modified|1\n"
        "item_remove|items.prev|primary|own|server|1|removed|2\n"
        "item_remove|struct item.link.next|primary|own|server|1|removed|2\n"
        "item_touch|struct item.value|primary|own|server|1|modified|5\n"
        /* Only in the fourth round by itself; else the interrupt's, though it might have been its own. */
        "noisy_update|bell_count|primary|own|server|1|modified|1\n"
        "noisy_update|bell_count|primary|shared|server|1|modified|4\n"
        "noisy_update|noisy_runs|primary|own|server|1|modified|5\n"
        /* In memory of a removed item that a stale pointer still leads to. */
        "note_write|note|primary|own|server|1|added|1\n"
        "note_write|note|primary|own|server|1|modified|1\n"
        "note_write|struct note.text[]|primary|own|server|1|created|2\n"
        "request_serve|client_request.served|secondary|own|client|1|modified|5\n"
        "request_serve|requests_served|primary|own|server|1|modified|5\n"
        /* What the other task did to the counters meanwhile is kept apart: it might have been its own. */
        "slow_update|counters[].value|primary|shared|server|1|modified|5\n"
        "slow_update|guest.c:counter_total|primary|shared|server|1|modified|5\n"
        "slow_update|slow_first|primary|own|server|1|modified|5\n"
        "slow_update|slow_last|primary|own|server|1|modified|5\n");
    expect_rows(fixture->database,
                "SELECT c.instance, c.old_value, c.new_value, c.bytes FROM change c JOIN observation o ON o.id = c.observation_id "
                "JOIN state s ON s.id = c.state_id WHERE o.txn_id = 2 AND o.sequence < 20 ORDER BY c.id",
                4,
                "counters[2].name[0] .. [2].name[3] (4)||even|4\n"
                "counters[2].mode|MODE_IDLE|MODE_BUSY|1\n"
                "counters[2].second|0|1|1\n"
                "counters[2].name[0] .. [2].name[2] (3)|even|oddn|3\n"
                "counters[2].mode|MODE_BUSY|MODE_IDLE|1\n"
                "counters[2].second|1|2|1\n");
}

static const char *const DUMPS[] = {
    "SELECT id, txn_id, sequence, cpu, task, client, parent_id, status, result, overlapped FROM observation ORDER BY id",
    "SELECT observation_id, state_id, instance, effect, old_value, new_value, bytes, kind, attribution, owner FROM change ORDER BY id",
    "SELECT id, key, root, path, root_kind, origin, 0, 0, 0, 0 FROM state ORDER BY id"};

static void packets_and_mapped_ram_agree(void **state) {
    struct fixture *fixture = *state;
    char other[128];
    snprintf(other, sizeof other, "%s/stub.db", fixture->directory);
    database_make(other);
    run_tiny(fixture, PROBE_RAM, fixture->database);
    run_tiny(fixture, PROBE_STUB, other);
    for (size_t i = 0; i < sizeof DUMPS / sizeof *DUMPS; i++) {
        char *ram SCOPE_FREE = rows(fixture->database, DUMPS[i], 10);
        char *stub SCOPE_FREE = rows(other, DUMPS[i], 10);
        assert_true(strlen(ram) > 100);
        assert_string_equal(ram, stub);
    }
}

/* Where others stored meanwhile a stub cannot tell whose it was; the recorder saw it. All else is equal, to the last value. */
static const char *const OWN_CHANGES =
    "SELECT observation_id, s.key, instance, effect, old_value, new_value, bytes, kind, attribution, owner FROM change c JOIN state s ON s.id = "
    "c.state_id WHERE attribution = 'own' ORDER BY c.id";

static void the_recorder_agrees(void **state) {
    struct fixture *fixture = *state;
    char other[128];
    snprintf(other, sizeof other, "%s/recorder.db", fixture->directory);
    database_make(other);
    run_tiny(fixture, PROBE_RAM, fixture->database);
    run_tiny(fixture, PROBE_RECORDER, other);
    const char *const dumps[] = {DUMPS[0], OWN_CHANGES};
    for (size_t i = 0; i < sizeof dumps / sizeof *dumps; i++) {
        char *ram SCOPE_FREE = rows(fixture->database, dumps[i], 10);
        char *recorder SCOPE_FREE = rows(other, dumps[i], 10);
        assert_true(strlen(ram) > 100);
        assert_string_equal(ram, recorder);
    }
    expect_rows(other, "SELECT count(*) FROM change WHERE attribution <> 'own'", 1, "0\n");
    expect_rows(other, "SELECT tool, mode, started, ended, status, cpus FROM run", 6,
                "probe|recorder|2001-09-09T01:46:40Z|2001-09-09T01:46:40Z|complete|1\n");
}

/* Nothing stops the guest, so with counted instructions two runs are one. */
static void two_recorder_runs_are_identical(void **state) {
    struct fixture *fixture = *state;
    char other[128];
    char command[1024];
    snprintf(other, sizeof other, "%s/again.db", fixture->directory);
    database_make(other);
    run_tiny(fixture, PROBE_RECORDER, fixture->database);
    run_tiny(fixture, PROBE_RECORDER, other);
    /* Times come from SOURCE_DATE_EPOCH: every byte of every table is compared. */
    snprintf(command, sizeof command, "sqlite3 '%s' .dump >'%s/one' && sqlite3 '%s' .dump >'%s/other' && cmp '%s/one' '%s/other'", fixture->database,
             fixture->directory, other, fixture->directory, fixture->directory, fixture->directory);
    assert_int_equal(system(command), 0);
}

/* The recorder's failures are the other modes', in the same words. */
static void a_wrong_kernel_is_refused_by_the_recorder(void **state) {
    struct fixture *fixture = *state;
    char *words[COMMAND_WORDS];
    struct probe_summary summary;
    struct probe_request request = request_for(fixture, GUEST("tiny"), words);
    request.mode = PROBE_RECORDER;
    request.elf = GUEST("tiny_other");
    expect_error(probe_run(&request, &summary), ERROR_MISMATCH, "is not the kernel that runs: build-id of the file");
    request.elf = GUEST("tiny");
    request.stub = "unix:/nowhere";
    expect_error(probe_run(&request, &summary), ERROR_USAGE, "needs a QEMU that the probe starts itself");
    request.stub = NULL;
    setenv("SPILLSCOPE_CAPTURE_PLUGIN", "/nowhere/capture.so", 1);
    expect_error(probe_run(&request, &summary), ERROR_IO, "the plugin /nowhere/capture.so");
    setenv("SPILLSCOPE_CAPTURE_PLUGIN", CAPTURE, 1);
    words[0] = (char *)"/bin/false";
    expect_error(probe_run(&request, &summary), ERROR_TARGET, "QEMU ended before the recorder was ready; QEMU ended with status 1");
    expect_rows(fixture->database, "SELECT count(*) FROM run", 1, "0\n");
}

static void an_endless_guest_is_ended_by_the_limit(void **state) {
    struct fixture *fixture = *state;
    char *words[COMMAND_WORDS];
    struct probe_summary summary;
    struct probe_request request = request_for(fixture, GUEST("tiny_long"), words);
    request.mode = PROBE_RECORDER;
    request.transactions = 50000;
    succeed(probe_run(&request, &summary));
    assert_int_equal(summary.transactions, 50000);
    expect_rows(fixture->database, "SELECT count(*) FROM observation WHERE status = 'complete'", 1, "50000\n");
    expect_rows(fixture->database,
                "SELECT count(*) FROM observation o WHERE txn_id = 7 AND status = 'complete' AND NOT EXISTS (SELECT 1 FROM "
                "change c WHERE c.observation_id = o.id)",
                1, "0\n");
}

static void a_running_stub_serves_too(void **state) {
    struct fixture *fixture = *state;
    char *words[COMMAND_WORDS];
    struct probe_request request = request_for(fixture, GUEST("tiny"), words);
    struct machine_request launch = {
        .command = words, .command_count = COMMAND_WORDS, .stopped = true, .log_path = fixture->log, .timeout_ms = 20000};
    struct machine *machine __attribute__((cleanup(scope_machine))) = NULL;
    struct probe_summary summary;
    succeed(machine_launch(&launch, &machine));
    request.command = NULL;
    request.command_count = 0;
    request.stub = machine_socket(machine);
    request.transactions = 10;
    succeed(probe_run(&request, &summary));
    assert_int_equal(summary.transactions, 10);
    expect_rows(fixture->database, "SELECT count(*) FROM observation WHERE status = 'complete'", 1, "10\n");
    assert_true(machine_wait(machine, 20000)); /* it was left to run on, and ended */
}

/* Nothing may be stored when the file is not the kernel that runs. */
static void wrong_inputs_store_nothing(void **state) {
    struct fixture *fixture = *state;
    char *words[COMMAND_WORDS];
    struct probe_summary summary;
    struct probe_request request = request_for(fixture, GUEST("tiny"), words);
    request.elf = GUEST("tiny_other");
    expect_error(probe_run(&request, &summary), ERROR_MISMATCH, "is not the kernel that runs: build-id of the file");
    request.elf = GUEST("tiny_bare");
    expect_error(probe_run(&request, &summary), ERROR_FORMAT, "tiny_bare.elf");
    request.elf = GUEST("missing");
    expect_error(probe_run(&request, &summary), ERROR_IO, "missing.elf");
    request = request_for(fixture, GUEST("tiny"), words);
    words[0] = "/nonexistent/qemu";
    expect_error(probe_run(&request, &summary), ERROR_TARGET, "cannot start '/nonexistent/qemu'");
    request = request_for(fixture, GUEST("tiny"), words);
    words[8] = "1M"; /* the kernel does not fit */
    request.timeout_s = 5;
    struct error *error = probe_run(&request, &summary);
    assert_non_null(error);
    error_destroy(error);
    request = request_for(fixture, GUEST("tiny"), words);
    words[3] = "-no-such-option";
    expect_error(probe_run(&request, &summary), ERROR_TARGET,
                 "QEMU ended with status 1; its last output: qemu-system-x86_64: -no-such-option: invalid option");
    request = request_for(fixture, GUEST("tiny"), words);
    request.command = NULL;
    request.stub = "unix:/nonexistent/stub";
    expect_error(probe_run(&request, &summary), ERROR_TARGET, "refused");
    expect_rows(fixture->database, "SELECT count(*) FROM run", 1, "0\n");
    expect_rows(fixture->database, "SELECT count(*) FROM observation", 1, "0\n");
}

/* Where nearly nothing that changes has a name that the analysis knows, the run says so: it would else look like one without spills. */
static void names_of_other_sources_are_told(void **state) {
    struct fixture *fixture = *state;
    static const enum probe_mode modes[] = {PROBE_RAM, PROBE_RECORDER};
    struct store *store = NULL;
    succeed(store_open(fixture->database, STORE_WRITE, &store));
    succeed(store_execute(store, "UPDATE state SET key = 'other/' || key, root = 'other/' || root"));
    store_close(store);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        char *words[COMMAND_WORDS];
        struct probe_request request = request_for(fixture, GUEST("tiny"), words);
        struct probe_summary summary;
        request.mode = modes[i];
        succeed(probe_run(&request, &summary));
        assert_true(summary.mismatched);
        assert_non_null(strstr(summary.notices, "WARNING: "));
        assert_non_null(strstr(summary.notices, "variables that whitelists name are not in the ELF (such as other/"));
    }
    expect_rows(fixture->database, "SELECT count(*) FROM run WHERE message LIKE '%such as other/%'", 1, "2\n");
}

static void a_hanging_workload_ends_in_time(void **state) {
    struct fixture *fixture = *state;
    char *words[COMMAND_WORDS];
    struct probe_request request = request_for(fixture, GUEST("tiny_long"), words);
    struct probe_summary summary = {0};
    /* How long it takes until something is seen depends on the machine. */
    for (request.timeout_s = 2; summary.run_id == 0 && request.timeout_s < 100; request.timeout_s *= 3) {
        char wanted[64];
        snprintf(wanted, sizeof wanted, "no end within %d s", request.timeout_s);
        expect_error(probe_run(&request, &summary), ERROR_TARGET, wanted);
    }
    expect_rows(fixture->database, "SELECT status, count(*) FROM run", 2, "failed|1\n");
    expect_rows(fixture->database, "SELECT count(*) > 0 FROM observation", 1, "1\n"); /* how many depends on the machine */
}

/* Starts an endless probe in a child and waits until it has stored something. */
static pid_t probe_in_child(const struct fixture *fixture) {
    pid_t child = fork();
    if (child == 0) {
        char *words[COMMAND_WORDS];
        struct probe_request request = request_for(fixture, GUEST("tiny_long"), words);
        struct probe_summary summary;
        struct error *error = probe_run(&request, &summary);
        if (error) {
            fprintf(stderr, "%s\n", error_message(error));
        }
        _exit(error ? 1 : summary.interrupted ? 7 : 0);
    }
    for (int i = 0; i < 400; i++) {
        char *count SCOPE_FREE = rows(fixture->database, "SELECT count(*) FROM observation WHERE status = 'complete'", 1);
        if (strtol(count, NULL, 10) > 20) {
            return child;
        }
        usleep(50000);
    }
    fail_msg("the probe in the child stored nothing");
    return child;
}

static void interruption_keeps_what_was_seen(void **state) {
    struct fixture *fixture = *state;
    pid_t child = probe_in_child(fixture);
    int status = 0;
    assert_int_equal(kill(child, SIGINT), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
    expect_rows(fixture->database, "SELECT status, ended IS NOT NULL FROM run", 2, "interrupted|1\n");
    expect_rows(fixture->database, "SELECT count(*) > 20 FROM observation WHERE status = 'complete'", 1, "1\n");
}

static void a_killed_probe_leaves_a_valid_database(void **state) {
    struct fixture *fixture = *state;
    pid_t child = probe_in_child(fixture);
    int status = 0;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    expect_rows(fixture->database, "PRAGMA integrity_check", 1, "ok\n");
    expect_rows(fixture->database, "SELECT count(*) FROM pragma_foreign_key_check", 1, "0\n");
    expect_rows(fixture->database, "SELECT count(*) > 20 FROM observation WHERE status = 'complete'", 1, "1\n");
    /* No observation is complete without its changes: every depth_walk changes one state. */
    expect_rows(fixture->database,
                "SELECT count(*) FROM observation o WHERE txn_id = 7 AND status = 'complete' AND NOT EXISTS (SELECT 1 FROM change c WHERE "
                "c.observation_id = o.id)",
                1, "0\n");
    /* The next run goes on in the same database. */
    run_tiny(fixture, PROBE_RAM, fixture->database);
    expect_rows(fixture->database, "SELECT status FROM run ORDER BY id", 1, "running\ncomplete\n");
}

/* The file system is full: a clear error, and a database that holds whole observations only. The limit on file size stands in for it. */
static void a_full_disk_leaves_a_valid_database(void **state) {
    struct fixture *fixture = *state;
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit = {.rlim_cur = 600 << 10, .rlim_max = 600 << 10};
        char *words[COMMAND_WORDS];
        struct probe_request request = request_for(fixture, GUEST("tiny_long"), words);
        struct probe_summary summary;
        request.mode = PROBE_STUB; /* a RAM file would meet the limit as well */
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        struct error *error = probe_run(&request, &summary);
        fprintf(stderr, "%s\n", error ? error_message(error) : "no error");
        _exit(!error ? 0 : error_code_of(error) == ERROR_DATABASE || error_code_of(error) == ERROR_IO ? 9 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 9);
    expect_rows(fixture->database, "PRAGMA integrity_check", 1, "ok\n");
    expect_rows(fixture->database, "SELECT count(*) > 20 FROM observation WHERE status = 'complete'", 1, "1\n");
    expect_rows(fixture->database,
                "SELECT count(*) FROM observation o WHERE txn_id = 7 AND status = 'complete' AND NOT EXISTS (SELECT 1 FROM change c WHERE "
                "c.observation_id = o.id)",
                1, "0\n");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_transaction_is_tracked),
        TEST(changes_are_typed_and_owned),
        TEST(packets_and_mapped_ram_agree),
        TEST(the_recorder_agrees),
        TEST(two_recorder_runs_are_identical),
        TEST(a_wrong_kernel_is_refused_by_the_recorder),
        TEST(an_endless_guest_is_ended_by_the_limit),
        TEST(a_running_stub_serves_too),
        TEST(wrong_inputs_store_nothing),
        TEST(names_of_other_sources_are_told),
        TEST(a_hanging_workload_ends_in_time),
        TEST(interruption_keeps_what_was_seen),
        TEST(a_killed_probe_leaves_a_valid_database),
        TEST(a_full_disk_leaves_a_valid_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
