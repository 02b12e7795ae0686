/*
 * Transactions that begin and end otherwise than by a call and its return, and who caused them: by packets, by mapped RAM, by the recorder, and by
 * the judge, which all must tell the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "spillscope/oracle.h"
#include "spillscope/scope.h"
#include "spillscope/store.h"

#define MODES 3
static const enum probe_mode modes[MODES] = {PROBE_STUB, PROBE_RAM, PROBE_RECORDER};
static const char *const mode_names[MODES] = {"stub", "ram", "recorder"};

static int setup(void **state) {
    int status = fixture_make("boundaries.sql", "boundaries.c", state);
    setenv("SPILLSCOPE_RECORDER_PLUGIN", RECORDER, 1);
    return status;
}

/* The recorder beside the probe writes its log and configuration into the fixture's folder. */
static struct error *recorder_beside(void *context, struct store *store, const struct image *image, const char *ram_path, uint64_t ram_size,
                                     char **out_argument) {
    const struct fixture *fixture = context;
    char log[128];
    char config[128];
    snprintf(log, sizeof log, "%s/recorded", fixture->directory);
    snprintf(config, sizeof config, "%s/config", fixture->directory);
    struct recorder_request request = {
        .store = store, .image = image, .ram_path = ram_path, .ram_size = ram_size, .log_path = log, .config_path = config};
    return recorder_arguments(&request, out_argument);
}

static void judge(const struct fixture *fixture, const char *database, int64_t probe_run_id) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct image *image __attribute__((cleanup(scope_image))) = NULL;
    struct oracle_summary summary;
    char log[128];
    snprintf(log, sizeof log, "%s/recorded", fixture->directory);
    succeed(store_open(database, STORE_WRITE, &store));
    succeed(image_open(GUEST("boundaries"), SOURCE_DIRECTORY, NULL, &image));
    struct oracle_request request = {
        .store = store, .image = image, .log_path = log, .elf = GUEST("boundaries"), .command = "", .paired_run = probe_run_id};
    succeed(oracle_judge(&request, &summary));
}

/* Runs the guest in a mode beside the judge; `database` gets the path of its database. */
static void run_mode(struct fixture *fixture, size_t mode, char *database, size_t size) {
    char *words[COMMAND_WORDS];
    struct probe_request request = request_for(fixture, GUEST("boundaries"), words);
    struct probe_summary summary;
    snprintf(database, size, "%s/%s.db", fixture->directory, mode_names[mode]);
    fixture_database(database, "boundaries.sql", "boundaries.c");
    request.mode = modes[mode];
    request.database = database;
    request.recorder = recorder_beside;
    request.recorder_context = fixture;
    succeed(probe_run(&request, &summary));
    judge(fixture, database, summary.run_id);
}

/* Expects the same rows of the probe's run and of the judge's; the query takes the tool as %s. */
static void expect_both(const char *database, const char *query, int columns, const char *expected) {
    static const char *const tools[] = {"probe", "oracle"};
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
        char sql[1024];
        snprintf(sql, sizeof sql, query, tools[i]);
        expect_rows(database, sql, columns, expected);
    }
}

/* No miss, nothing that the probe lacks, nothing that it made up. */
static void expect_clean(const char *database) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct oracle_verdict *verdict __attribute__((cleanup(scope_oracle_verdict))) = NULL;
    succeed(store_open(database, STORE_READ, &store));
    succeed(oracle_verdict_read(store, 0, &verdict));
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        print_error("%d %s %s %s:%u %s\n", (int)finding->kind, finding->transaction, finding->key, finding->file, finding->line, finding->note);
    }
    assert_int_equal(verdict->finding_count, 0);
    assert_true(verdict->changed_pairs > 0);
}

static void in_every_mode(struct fixture *fixture, void (*expect)(const char *database)) {
    for (size_t mode = 0; mode < MODES; mode++) {
        char database[128];
        print_message("%s\n", mode_names[mode]);
        run_mode(fixture, mode, database, sizeof database);
        expect(database);
        expect_clean(database);
    }
}

/* job_submit 0 and 1 queue jobs that run in the other order; the third queues job 1 again. bell_open registers what runs twice. */
static void expect_causes(const char *database) {
    expect_both(database,
                "SELECT o.sequence, t.name, o.parent_id IS NOT NULL, c.sequence, ct.name FROM observation o JOIN run r ON r.id = o.run_id "
                "JOIN txn t ON t.id = o.txn_id LEFT JOIN observation c ON c.id = o.caused_by LEFT JOIN txn ct ON ct.id = c.txn_id "
                "WHERE r.tool = '%s' AND t.id <= 5 ORDER BY o.sequence",
                5,
                "0|job_submit|0|-|-\n"
                "1|job_submit|0|-|-\n"
                "2|job_run|0|1|job_submit\n"
                "3|job_run|0|0|job_submit\n"
                "4|job_submit|0|-|-\n"
                "5|job_run|0|4|job_submit\n"
                "6|bell_open|0|-|-\n"
                "7|tone_play|0|-|-\n"
                "8|bell_handle|0|6|bell_open\n"
                "9|tone_play|0|-|-\n"
                "10|bell_handle|0|6|bell_open\n");
    /* The interrupt's change is the handler's, and not that of what it interrupted. */
    expect_rows(database,
                "SELECT t.name, s.key, count(*) FROM change c JOIN observation o ON o.id = c.observation_id JOIN txn t ON t.id = o.txn_id "
                "JOIN state s ON s.id = c.state_id WHERE s.key IN ('bell_count', 'tones', 'jobs_done') GROUP BY 1, 2",
                3, "bell_handle|bell_count|2\njob_run|jobs_done|3\ntone_play|tones|2\n");
}

static void deferred_work_knows_its_cause(void **state) {
    in_every_mode(*state, expect_causes);
}

/* Counted and summed by hand from the guest's source. */
static void expect_instances(const char *database) {
    expect_both(
        database,
        "SELECT t.name, o.status, p.name, count(*), count(o.result) FROM observation o JOIN run r ON r.id = o.run_id JOIN txn t ON t.id = o.txn_id "
        "LEFT JOIN observation u ON u.id = o.parent_id LEFT JOIN txn p ON p.id = u.txn_id WHERE r.tool = '%s' AND t.id IN (6, 7, 8) "
        "GROUP BY 1, 2, 3",
        4,
        "day_close|complete|-|2\n"
        "ledger_post|complete|day_close|5\n"
        "walk_note|complete|-|3\n");
    expect_rows(database,
                "SELECT t.name, s.key, count(*), sum(c.new_value - c.old_value) FROM change c JOIN observation o ON o.id = c.observation_id "
                "JOIN txn t ON t.id = o.txn_id JOIN state s ON s.id = c.state_id WHERE t.id IN (6, 7, 8) GROUP BY 1, 2",
                4,
                "day_close|day_marks|2|4\n"
                "day_close|days|2|2\n"
                "day_close|ledger_posts|2|5\n"
                "day_close|ledger_refused|2|15\n"
                "day_close|ledger_sum|1|6\n"
                "ledger_post|ledger_posts|5|5\n"
                "ledger_post|ledger_refused|2|15\n"
                "ledger_post|ledger_sum|2|6\n"
                "walk_note|walk_notes|3|5\n");
    /* A value that is returned in no register is not claimed to be known. */
    expect_rows(database, "SELECT count(result) FROM observation o JOIN run r ON r.id = o.run_id AND r.tool = 'probe' WHERE txn_id = 6", 1, "0\n");
}

static void inlined_instances_and_cold_parts_are_entries(void **state) {
    /* The guest is what it should be: nothing to call, and a part that lies apart. */
    assert_int_equal(system("nm " GUEST("boundaries") " | grep -q ' day_close.cold'"), 0);
    assert_int_not_equal(system("nm " GUEST("boundaries") " | grep -q ' ledger_post$'"), 0);
    in_every_mode(*state, expect_instances);
}

static void expect_lines(const char *database) {
    expect_both(database,
                "SELECT t.common_name, o.status, count(*) FROM observation o JOIN run r ON r.id = o.run_id JOIN txn t ON t.id = o.txn_id "
                "WHERE r.tool = '%s' AND t.id IN (9, 10) GROUP BY 1, 2",
                3, "poll|complete|2\nround|complete|4\n");
    expect_rows(database,
                "SELECT o.sequence - (SELECT min(sequence) FROM observation WHERE txn_id = 9), t.common_name, s.key, c.old_value, c.new_value "
                "FROM change c JOIN observation o ON o.id = c.observation_id "
                "JOIN txn t ON t.id = o.txn_id JOIN state s ON s.id = c.state_id WHERE t.id IN (9, 10) ORDER BY o.sequence, s.key",
                5,
                "0|round|inbox_next|0|1\n0|round|served|0|1\n"
                "1|round|inbox_next|1|2\n1|round|served|1|3\n"
                "2|round|inbox_next|2|3\n2|round|served|3|6\n"
                "3|round|inbox_next|3|4\n"
                "4|poll|inbox_next|4|5\n4|poll|polled|0|257\n"
                "5|poll|inbox_next|5|6\n5|poll|polled|257|3\n");
}

static void lines_are_entries_and_exits(void **state) {
    in_every_mode(*state, expect_lines);
}

/* By the job's owner where there is a job, else by the task. */
static void expect_clients(const char *database) {
    expect_rows(
        database,
        "SELECT t.common_name, o.client, count(*), count(DISTINCT o.task) FROM observation o JOIN run r ON r.id = o.run_id AND r.tool = 'probe' "
        "JOIN txn t ON t.id = o.txn_id WHERE t.id IN (1, 2, 5, 6, 9) GROUP BY 1, 2",
        4,
        "job_run|owner OWNER_MAIL|1|1\n"
        "job_run|owner OWNER_PRINT|2|1\n"
        "job_submit|id 41|3|1\n"
        "ledger_post|id 41|5|1\n"
        "round|id 41|4|1\n"
        "tone_play|id 41|2|1\n");
}

static void clients_are_what_the_manifest_says(void **state) {
    in_every_mode(*state, expect_clients);
}

/* Only what a whole group leaves is spill; what belongs to no group, or to one that has not ended, stands. */
static void expect_groups(const char *database) {
    expect_rows(database,
                "SELECT o.sequence - (SELECT min(sequence) FROM observation WHERE txn_id = 11), t.name, s.key, c.undone FROM change c "
                "JOIN observation o ON o.id = c.observation_id JOIN txn t ON t.id = o.txn_id JOIN state s ON s.id = c.state_id "
                "WHERE t.id >= 11 ORDER BY o.sequence, s.key",
                4,
                "0|box_open|box_refusals|0\n"
                "1|box_put|box_level|0\n"
                "2|box_close|box_level|0\n2|box_close|boxes_open|0\n"
                "3|box_open|box_opens|0\n3|box_open|boxes_open|1\n"
                "4|box_put|box_level|1\n"
                "5|box_open|box_opens|0\n5|box_open|boxes_open|1\n"
                "6|box_put|box_level|1\n"
                "7|box_close|box_level|1\n7|box_close|boxes_open|1\n"
                "8|box_put|box_level|1\n"
                "9|box_close|box_level|1\n9|box_close|boxes_open|1\n"
                "10|box_open|box_opens|0\n10|box_open|boxes_open|0\n"
                "11|box_put|box_level|0\n");
    expect_rows(database, "SELECT transaction_name, key, observed FROM v_spill WHERE key IN ('box_opens', 'boxes_open') ORDER BY 1, 2", 3,
                "box_close|boxes_open|1\nbox_open|box_opens|3\nbox_open|boxes_open|1\n");
}

static void a_group_is_compared_at_its_ends(void **state) {
    in_every_mode(*state, expect_groups);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {TEST(deferred_work_knows_its_cause), TEST(inlined_instances_and_cold_parts_are_entries),
                                       TEST(lines_are_entries_and_exits), TEST(clients_are_what_the_manifest_says),
                                       TEST(a_group_is_compared_at_its_ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
