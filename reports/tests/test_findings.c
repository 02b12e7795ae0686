/* From the views to findings: certainty, patterns with their evidence, fingerprints, plan, verdict of the oracle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "findings/plan.h"
#include "findings/verdict.h"
#include "fixture.h"
#include "spillscope/findings.h"

static const struct finding *finding_of(const struct findings *findings, const char *transaction, const char *key) {
    for (size_t index = 0; index < findings->count; index++) {
        if (strcmp(findings->items[index].transaction, transaction) == 0 && strcmp(findings->items[index].key, key) == 0) {
            return &findings->items[index];
        }
    }
    fail_msg("no finding %s %s", transaction, key);
    return NULL;
}

static void observed_and_possible_are_told_apart(void **state) {
    (void)state;
    struct fixture fixture;
    struct findings *findings = NULL;
    fixture_init(&fixture, (const char *const[]){"small", NULL});
    expect_success(findings_load(fixture.store, FINDINGS_ALL, &findings));
    assert_true(findings->has_probe && findings->has_static);
    assert_int_equal(findings->incomplete_count, 0);
    assert_int_equal(findings->transaction_count, 5);
    assert_int_equal(findings->count, 11);
    const struct finding *offset = finding_of(findings, "file_read", "struct open_file.offset");
    assert_int_equal(offset->certainty, FINDING_OBSERVED);
    assert_false(offset->shared); /* one own observation beside a shared one */
    assert_int_equal(offset->observed, 1);
    assert_int_equal(offset->txn_observed, 2);
    assert_int_equal(offset->line, 44);
    assert_int_equal(finding_of(findings, "file_seek", "struct open_file.offset")->certainty, FINDING_POSSIBLE);
    assert_int_equal(finding_of(findings, "file_read", "struct buffer.*")->certainty, FINDING_UNKNOWN);
    assert_int_equal(finding_of(findings, "timer_start", "task_table.task[].state")->kind, FINDING_SECONDARY);
    assert_string_equal(finding_of(findings, "timer_start", "task_table.task[].state")->function, "task_wake");
    assert_string_equal(finding_of(findings, "file_read", "file.c:reads")->declared, "soft");
    assert_false(findings_counts(findings, finding_of(findings, "file_read", "file.c:reads")));
    assert_false(findings_counts(findings, finding_of(findings, "file_seek", "struct open_file.offset")));
    for (size_t index = 0; index < findings->count; index++) {
        assert_false(strcmp(findings->items[index].transaction, "task_create") == 0 &&
                     strcmp(findings->items[index].key, "file.c:reads") == 0); /* phase init */
    }
    findings_destroy(findings);
    fixture_deinit(&fixture);
}

static void observation_below_a_wildcard_gets_its_witness(void **state) {
    (void)state;
    struct fixture fixture;
    struct findings *findings = NULL;
    fixture_init(&fixture, (const char *const[]){"small", NULL});
    expect_success(store_execute(
        fixture.store,
        "INSERT INTO state (id, key, root, path, root_kind, origin) VALUES (30, 'struct buffer.data[]', 'struct buffer', '.data[]', 'heap', 'probe');"
        "INSERT INTO witness_place (id, function, file, line, why) VALUES (50, 'copy', 'file.c', 46, 'outside call');"
        "UPDATE may_modify SET store_id = 50 WHERE id = 10;"
        "INSERT INTO change (observation_id, state_id, instance, effect, bytes, kind, attribution, owner, owner_entity, whitelisted) "
        "VALUES (3, 30, 'b', 'modified', 1, 'primary', 'own', 'server', 2, 1);"
        "INSERT INTO change (observation_id, state_id, instance, effect, bytes, kind, attribution, owner, owner_entity, whitelisted) "
        "VALUES (2, 30, 'b', 'modified', 1, 'primary', 'own', 'client', NULL, 1), (2, 7, 'b', 'modified', 1, 'primary', 'own', 'server', 2, 0);"));
    expect_success(findings_load(fixture.store, FINDINGS_ALL, &findings));
    const struct finding *data = finding_of(findings, "file_read", "struct buffer.data[]");
    assert_int_equal(data->may_modify_id, 10);
    assert_int_equal(data->line, 46);
    for (size_t index = 0; index < findings->count; index++) {
        /* What a client owns, or the whitelist does not hold, is no spill. */
        assert_false(strcmp(findings->items[index].transaction, "file_open") == 0 &&
                     strcmp(findings->items[index].key, "struct open_file.next") != 0);
    }
    findings_destroy(findings);
    fixture_deinit(&fixture);
}

static void a_declared_owner_decides(void **state) {
    (void)state;
    struct fixture fixture;
    struct findings *findings = NULL;
    fixture_init(&fixture, (const char *const[]){"small", "static", NULL});
    expect_success(findings_load(fixture.store, FINDINGS_ALL, &findings));
    size_t before = findings->count;
    assert_int_equal(finding_of(findings, "timer_start", "timer.c:active.argument")->kind, FINDING_PRIMARY);
    findings_destroy(findings);
    expect_success(store_execute(fixture.store, "INSERT INTO declaration (pattern, kind, value, reason) VALUES "
                                                "('struct open_file.*', 'owner', 'user', 'clients hold their open files'), "
                                                "('timer.c:active.*', 'owner', 'task.c', 'kept for the tasks')"));
    expect_success(findings_load(fixture.store, FINDINGS_ALL, &findings));
    assert_int_equal(findings->count, before - 3); /* what a client owns is no spill */
    assert_int_equal(finding_of(findings, "timer_start", "timer.c:active.argument")->kind, FINDING_SECONDARY);
    assert_string_equal(finding_of(findings, "timer_start", "timer.c:active.argument")->owner, "task.c");
    findings_destroy(findings);
    fixture_deinit(&fixture);
}

static void assert_pattern(const struct finding *finding, enum finding_pattern pattern, const char *evidence) {
    assert_int_equal(finding->patterns >> pattern & 1, evidence != NULL);
    if (evidence) {
        assert_non_null(strstr(finding->evidence[pattern], evidence));
    } else {
        assert_string_equal(finding->evidence[pattern], "");
    }
}

static void patterns_come_with_evidence(void **state) {
    (void)state;
    struct fixture fixture;
    struct findings *findings = NULL;
    fixture_init(&fixture, (const char *const[]){"small", NULL});
    expect_success(findings_load(fixture.store, FINDINGS_ALL, &findings));
    const struct finding *callback = finding_of(findings, "timer_start", "timer.c:active.callback");
    assert_pattern(callback, PATTERN_DISPATCHER, "function pointer");
    assert_pattern(callback, PATTERN_MULTIPLEXER, NULL);
    assert_pattern(callback, PATTERN_COLLABORATION, "task.c, timer.c");
    assert_pattern(finding_of(findings, "timer_start", "timer.c:active.argument"), PATTERN_DISPATCHER, "timer.c:active");
    const struct finding *link = finding_of(findings, "file_open", "struct open_file.next");
    assert_pattern(link, PATTERN_MULTIPLEXER, "linked");
    assert_pattern(link, PATTERN_INDIRECTION, NULL);
    const struct finding *task = finding_of(findings, "task_create", "task_table.task[].state");
    assert_pattern(task, PATTERN_MULTIPLEXER, "task_table.task[]");
    assert_pattern(task, PATTERN_INDIRECTION, "progress");
    assert_pattern(task, PATTERN_COLLABORATION, NULL);
    const struct finding *count = finding_of(findings, "task_create", "task_table.count");
    assert_int_equal(count->patterns, 0);
    assert_int_equal(count->goals, 0);
    findings_destroy(findings);

    expect_success(store_execute(
        fixture.store,
        "INSERT INTO declaration (pattern, kind, value, reason) VALUES ('task_table.task[].*', 'pattern', 'dispatcher', 'wakes sleepers')"));
    expect_success(findings_load(fixture.store, FINDINGS_ALL, &findings));
    task = finding_of(findings, "task_create", "task_table.task[].state");
    assert_pattern(task, PATTERN_DISPATCHER, "declared in the manifest: wakes sleepers");
    assert_pattern(task, PATTERN_MULTIPLEXER, NULL);
    assert_pattern(task, PATTERN_INDIRECTION, NULL);
    findings_destroy(findings);
    fixture_deinit(&fixture);
}

static void fingerprints_survive_a_renamed_file(void **state) {
    (void)state;
    struct fixture fixture;
    struct findings *before = NULL;
    struct findings *after = NULL;
    fixture_init(&fixture, (const char *const[]){"small", NULL});
    expect_success(findings_load(fixture.store, FINDINGS_ALL, &before));
    fixture_deinit(&fixture);
    fixture_init(&fixture, (const char *const[]){"small", "file_renamed", NULL});
    expect_success(findings_load(fixture.store, FINDINGS_ALL, &after));
    assert_string_equal(finding_of(before, "file_read", "file.c:reads")->fingerprint,
                        finding_of(after, "file_read", "fs/file_server.c:reads")->fingerprint);
    assert_string_not_equal(finding_of(before, "file_read", "file.c:reads")->fingerprint,
                            finding_of(after, "file_read", "fs/file_server.c:lock")->fingerprint);
    for (size_t one = 0; one < after->count; one++) {
        assert_int_equal(strlen(after->items[one].fingerprint), FINGERPRINT_LENGTH);
        for (size_t other = 0; other < one; other++) {
            assert_string_not_equal(after->items[one].fingerprint, after->items[other].fingerprint);
        }
    }
    findings_destroy(before);
    findings_destroy(after);
    fixture_deinit(&fixture);
}

static void plan_ranks_by_gain_and_predicts(void **state) {
    (void)state;
    struct fixture fixture;
    struct findings *findings = NULL;
    struct plan plan = {0};
    fixture_init(&fixture, (const char *const[]){"small", NULL});
    expect_success(findings_load(fixture.store, FINDINGS_ALL, &findings));
    expect_success(plan_make(findings, &plan));
    assert_int_equal(plan.pairs, 6);
    assert_int_equal(plan.count, 3);
    assert_string_equal(plan.steps[0].root, "task_table");
    assert_int_equal(plan.steps[0].pairs, 3);
    assert_int_equal(plan.steps[0].functions, 2);
    /* The count of tasks is no one client's: the plan does not claim it. */
    assert_int_equal(plan.steps[0].removed, 2);
    assert_int_equal(plan.steps[0].states[PLAN_CLIENT], 1);
    assert_int_equal(plan.steps[0].states[PLAN_COMMON], 1);
    assert_int_equal(plan.predicted, 1);
    size_t left = plan.pairs;
    for (size_t index = 0; index < plan.count; index++) {
        left -= plan.steps[index].removed;
        assert_int_equal(plan.steps[index].pairs_left, left);
    }
    assert_int_equal(left, plan.predicted);
    assert_non_null(strstr(plan_remedy(&plan.steps[0]), "opaque"));
    struct text words = {0};
    plan_holders(&words, &plan, &plan.steps[0]);
    assert_string_equal(text_string(&words), "the clients of task.c, timer.c");
    text_clear(&words);
    plan_functions(&words, &plan, &plan.steps[0], 1);
    assert_non_null(strstr(text_string(&words), " and 1 more"));
    text_deinit(&words);
    /* What a litmus has shown to be soft stays apart, and what nobody declared can be shown so too. */
    assert_int_equal(plan_fate(finding_of(findings, "file_read", "file.c:reads")), PLAN_SOFT);
    assert_int_equal(plan_fate(finding_of(findings, "file_read", "file.c:lock")), PLAN_DECLARED);
    assert_int_equal(plan_fate(finding_of(findings, "timer_start", "timer.c:active.callback")), PLAN_CLIENT);
    assert_int_equal(plan_fate(finding_of(findings, "task_create", "task_table.count")), PLAN_COMMON);
    plan_deinit(&plan);
    findings_destroy(findings);
    fixture_deinit(&fixture);
}

static void verdict_counts_what_the_judge_wrote(void **state) {
    (void)state;
    struct fixture fixture;
    struct verdict verdict = {0};
    fixture_init(&fixture, (const char *const[]){"small", NULL});
    expect_success(verdict_load(fixture.store, &verdict));
    assert_false(verdict.present);
    fixture_deinit(&fixture);
    fixture_init(&fixture, (const char *const[]){"small", "oracle", NULL});
    expect_success(verdict_load(fixture.store, &verdict));
    assert_true(verdict.present);
    assert_int_equal(verdict.pairs, 11);
    assert_int_equal(verdict.misses, 2); /* scheduler.current; and the client's buffer, which nobody whitelisted either */
    assert_int_equal(verdict.functions, 1);
    assert_int_equal(verdict.false_positives, 1);
    assert_int_equal(verdict.false_negatives, 1);
    assert_int_equal(verdict.unmapped, 1);
    assert_int_equal(verdict.transient, 1);
    fixture_deinit(&fixture);
}

static void incomplete_databases_say_why(void **state) {
    (void)state;
    static const struct {
        const char *fixture, *words;
    } cases[] = {{"unit_failed", "timer.c failed: timer.c:9:1"}, {"run_cut", "the guest stopped answering"}};
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        struct fixture fixture;
        struct findings *findings = NULL;
        fixture_init(&fixture, (const char *const[]){"small", cases[index].fixture, NULL});
        expect_success(findings_load(fixture.store, FINDINGS_ALL, &findings));
        assert_int_equal(findings->incomplete_count, 1);
        assert_non_null(strstr(findings->incomplete[0], cases[index].words));
        findings_destroy(findings);
        fixture_deinit(&fixture);
    }
    struct fixture fixture;
    struct findings *findings = NULL;
    fixture_init(&fixture, (const char *const[]){NULL});
    expect_success(findings_load(fixture.store, FINDINGS_ALL, &findings));
    assert_int_equal(findings->incomplete_count, 1); /* an empty database is not a clean one */
    findings_destroy(findings);
    fixture_deinit(&fixture);
}

static void expect_declared(struct store *store, const char *sql, const char *wanted) {
    struct findings *findings = NULL;
    expect_success(store_execute(store, sql));
    expect_success(findings_load(store, FINDINGS_ALL, &findings));
    assert_string_equal(finding_of(findings, "file_read", "file.c:reads")->declared, wanted);
    assert_true(findings_counts(findings, finding_of(findings, "file_read", "file.c:reads")) == !*wanted);
    findings_destroy(findings);
}

static void soft_is_what_every_workload_has_shown(void **state) {
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture, (const char *const[]){"small", NULL});
    struct store *store = fixture.store;
    expect_declared(store, "SELECT 1", "soft");
    /* Another workload that does not touch the state is no matter; one that changes it is, until a litmus has reset it there, too. */
    expect_declared(
        store,
        "INSERT INTO run (id, tool, mode, started, status, elf, command) VALUES (20, 'probe', 'ram', 't', 'complete', 'e', 'qemu seed=2');"
        "INSERT INTO observation (id, run_id, txn_id, sequence, cpu, status) VALUES (200, 20, 3, 0, 0, 'complete')",
        "soft");
    expect_declared(store,
                    "INSERT INTO change (observation_id, state_id, instance, effect, bytes, kind, attribution, owner, whitelisted) VALUES "
                    "(200, 7, 'reads', 'modified', 1, 'primary', 'own', 'server', 1)",
                    "");
    expect_declared(
        store,
        "INSERT INTO run (id, tool, mode, started, status, elf, command) VALUES (21, 'litmus', 'stub', 't', 'complete', 'e', 'qemu seed=2');"
        "INSERT INTO litmus (run_id, txn_id, key, action, outcome) VALUES (21, 3, 'file.c:reads', 'perturb', 'unharmed')",
        "");
    expect_declared(store, "INSERT INTO litmus (run_id, txn_id, key, action, outcome) VALUES (21, 3, 'file.c:reads', 'reset', 'unharmed')", "soft");
    expect_declared(store, "INSERT INTO litmus (run_id, txn_id, key, action, outcome) VALUES (21, 3, 'file.c:reads', 'reset', 'wrong result')", "");
    fixture_deinit(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(observed_and_possible_are_told_apart),
        cmocka_unit_test(observation_below_a_wildcard_gets_its_witness),
        cmocka_unit_test(a_declared_owner_decides),
        cmocka_unit_test(patterns_come_with_evidence),
        cmocka_unit_test(fingerprints_survive_a_renamed_file),
        cmocka_unit_test(plan_ranks_by_gain_and_predicts),
        cmocka_unit_test(verdict_counts_what_the_judge_wrote),
        cmocka_unit_test(soft_is_what_every_workload_has_shown),
        cmocka_unit_test(incomplete_databases_say_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
