/*
 * The judge on a guest whose every store is known (guest/server.c), recorded in QEMU here: the truth is compared line by line, and then
 * the judge must object to everything that is made wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "scene.h"

/* Transaction, key, observations changed, observations changed back, any silent store, owner. */
static const char expected_truth[] = "t_array server.c:table[].y 1 0 0 server\n"
                                     "t_bits bits.middle 1 0 1 server\n"
                                     "t_client struct item.value 1 0 0 client\n"
                                     "t_create heap.c:pool_used 2 0 0 server\n"
                                     "t_create server.c:list 2 0 0 server\n"
                                     "t_create struct item.next 2 0 1 server\n"
                                     "t_create struct item.value 2 0 1 server\n"
                                     "t_destroy server.c:list 1 0 0 server\n"
                                     "t_hidden hidden 1 0 0 server\n"
                                     "t_increment counter 2 0 0 server\n"
                                     "t_interrupted counter 1 0 0 server\n"
                                     "t_many struct item.value 1 0 0 server\n"
                                     "t_map pagetables 1 0 0 server\n"
                                     "t_outer counter 1 0 0 server\n"
                                     "t_outer upper_calls 1 0 0 server\n"
                                     "t_padded padded.last 1 0 0 server\n"
                                     "t_padded padded.small 0 0 1 server\n"
                                     "t_padded padded.wide 0 0 1 server\n"
                                     "t_silent server.c:flag 0 0 1 server\n"
                                     "t_sleep counter 1 0 0 server\n"
                                     "t_sleep main_stack_pointer 1 0 0 client\n"
                                     "t_transient server.c:scratch 0 1 0 server\n"
                                     "t_union either.bytes[] 1 0 0 server\n"
                                     "t_untyped alloc@server.c:t_untyped 1 0 0 server\n"
                                     "t_untyped heap.c:pool_used 1 0 0 server\n"
                                     "t_untyped server.c:buffer 1 0 0 server\n"
                                     "t_wrapped heap.c:pool_used 1 0 0 server\n"
                                     "t_wrapped server.c:wrapped 1 0 0 server\n"
                                     "t_wrapped struct item.tag 1 0 0 server\n";

static int make_scene(void **state) {
    static struct scene scene;
    *state = scene_make(&scene) ? &scene : NULL;
    return 0;
}

static int clean_scene(void **state) {
    if (*state) {
        scene_clean(*state);
    }
    return 0;
}

static void truth_is_exact(void **state) {
    struct scene *scene = *state;
    if (!scene) {
        skip();
    }
    char *rows = scene_rows(
        scene, "SELECT t.name, u.key, u.changed, u.transient, u.silent > 0, u.owner FROM truth u JOIN txn t ON t.id = u.txn_id ORDER BY 1, 2", 6);
    assert_string_equal(rows, expected_truth);
    free(rows);
    assert_int_equal(scene->summary.transactions, 23); /* the call of t_increment by t_outer included */
    assert_int_equal(scene->summary.killed, 0);
    assert_int_equal(scene->summary.untyped_objects, 1);
    assert_false(scene->summary.cut);
}

static void places_are_exact(void **state) {
    struct scene *scene = *state;
    if (!scene) {
        skip();
    }
    char *rows =
        scene_rows(scene, "SELECT t.name, u.function, u.file FROM truth u JOIN txn t ON t.id = u.txn_id WHERE u.key = 'counter' ORDER BY 1", 3);
    assert_string_equal(rows,
                        "t_increment internal server.c\nt_interrupted t_interrupted server.c\nt_outer internal server.c\nt_sleep t_sleep server.c\n");
    free(rows);
    rows = scene_rows(scene, "SELECT t.name, u.function, u.file, u.stores, u.bytes, u.address FROM unmapped u JOIN txn t ON t.id = u.txn_id", 6);
    assert_string_equal(rows, "t_unmapped t_unmapped server.c 1 8 33554432\n");
    free(rows);
}

static const struct finding *find(const struct oracle_verdict *verdict, enum finding_kind kind, const char *transaction, const char *key) {
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (finding->kind == kind && strcmp(finding->transaction, transaction) == 0 && strcmp(finding->key, key) == 0) {
            return finding;
        }
    }
    return NULL;
}

static struct oracle_verdict *read_verdict(struct scene *scene) {
    struct oracle_verdict *verdict = NULL;
    struct error *error = oracle_verdict_read(scene->store, 0, &verdict);
    if (error) {
        fail_msg("%s", error_message(error));
    }
    return verdict;
}

static void misses_are_named(void **state) {
    struct scene *scene = *state;
    if (!scene) {
        skip();
    }
    struct oracle_verdict *verdict = read_verdict(scene);
    assert_false(oracle_verdict_passes(verdict));
    assert_int_equal(verdict->counts[FINDING_STATE], 1);
    const struct finding *miss = find(verdict, FINDING_STATE, "t_hidden", "hidden");
    assert_non_null(miss);
    assert_string_equal(miss->function, "t_hidden");
    assert_string_equal(miss->file, "server.c");
    assert_true(image_function_at(scene->image, miss->pc) == image_function_by_name(scene->image, "t_hidden"));
    /* `internal` runs in t_outer too, where the closure does not have it. */
    assert_int_equal(verdict->counts[FINDING_FUNCTION], 1);
    const struct finding *function = find(verdict, FINDING_FUNCTION, "t_outer", "");
    assert_non_null(function);
    assert_string_equal(function->function, "internal");
    assert_int_equal(verdict->counts[FINDING_UNMAPPED], 1);
    assert_int_equal(verdict->distinct_transactions, 20);
    assert_int_equal(verdict->page_tables, 1);
    assert_int_equal(verdict->transient, 1);
    assert_true(verdict->silent_stores > 0);
    assert_int_equal(verdict->counts[FINDING_FALSE_NEGATIVE], 0); /* no probe run yet */
    oracle_verdict_destroy(verdict);
}

/* A probe run that saw exactly the truth; then it is made wrong in every way. */
static void judge_objects(void **state) {
    struct scene *scene = *state;
    if (!scene) {
        skip();
    }
    scene_execute(scene,
                  "INSERT INTO run (id, tool, mode, started, status, elf) VALUES (50, 'probe', 'ram', '', 'complete', '');"
                  "INSERT INTO observation (run_id, txn_id, sequence, cpu, status) SELECT DISTINCT 50, txn_id, txn_id, 0, 'complete' FROM truth;"
                  "INSERT OR IGNORE INTO state (key, root, path, root_kind, origin) SELECT key, '', '', 'unknown', 'oracle' FROM truth;"
                  "INSERT INTO change (observation_id, state_id, instance, effect, bytes, kind, attribution, owner, whitelisted) "
                  "SELECT o.id, s.id, '', 'modified', 1, 'primary', 'own', 'server', 1 FROM truth u JOIN observation o ON o.txn_id = u.txn_id AND "
                  "o.run_id = 50 "
                  "JOIN state s ON s.key = u.key WHERE u.changed > 0 AND u.owner = 'server';"
                  "UPDATE run SET paired_id = 50 WHERE tool = 'oracle'");
    struct oracle_verdict *verdict = read_verdict(scene);
    assert_int_equal(verdict->counts[FINDING_FALSE_POSITIVE], 0);
    assert_int_equal(verdict->counts[FINDING_FALSE_NEGATIVE], 0);
    oracle_verdict_destroy(verdict);

    /* Every whitelist entry that was exercised, taken away one by one. */
    char *pairs =
        scene_rows(scene, "SELECT t.id, t.name, u.key FROM truth u JOIN txn t ON t.id = u.txn_id WHERE t.name <> 't_hidden' ORDER BY 1, 2", 2);
    free(pairs);
    int64_t entries = scene_number(scene, "SELECT max(id) FROM may_modify");
    size_t objections = 0;
    for (int64_t entry = 1; entry <= entries; entry++) {
        char sql[256];
        scene_execute(scene, "SAVEPOINT attempt");
        snprintf(sql, sizeof sql, "DELETE FROM may_modify WHERE id = %lld", (long long)entry);
        scene_execute(scene, sql);
        verdict = read_verdict(scene);
        objections += verdict->counts[FINDING_STATE] > 1;
        oracle_verdict_destroy(verdict);
        scene_execute(scene, "ROLLBACK TO attempt; RELEASE attempt");
    }
    assert_int_equal(objections, entries - 1); /* all but the one that t_hidden never used */

    /* A change that never happened, one that was only silent, one that was undone, and one that belongs to the client. */
    scene_execute(scene, "INSERT INTO change (observation_id, state_id, instance, effect, bytes, kind, attribution, owner, whitelisted) "
                         "SELECT o.id, s.id, '', 'modified', 1, 'primary', 'own', 'server', 1 FROM observation o JOIN txn t ON t.id = o.txn_id, "
                         "state s WHERE o.run_id = 50 AND "
                         "((t.name = 't_array' AND s.key = 'counter') OR (t.name = 't_silent' AND s.key = 'server.c:flag') OR (t.name = "
                         "'t_transient' AND s.key = 'server.c:scratch') "
                         "OR (t.name = 't_client' AND s.key = 'struct item.value'))");
    /* What is only shared is reported as such, and no false positive. */
    scene_execute(scene, "INSERT INTO change (observation_id, state_id, instance, effect, bytes, kind, attribution, owner, whitelisted) "
                         "SELECT o.id, s.id, '', 'modified', 1, 'primary', 'shared', 'server', 1 FROM observation o JOIN txn t ON t.id = o.txn_id, "
                         "state s WHERE o.run_id = 50 AND "
                         "t.name = 't_array' AND s.key = 'hidden'");
    scene_execute(scene, "DELETE FROM change WHERE state_id = (SELECT id FROM state WHERE key = 'server.c:list')");
    verdict = read_verdict(scene);
    assert_int_equal(verdict->counts[FINDING_FALSE_POSITIVE], 4);
    assert_string_equal(find(verdict, FINDING_FALSE_POSITIVE, "t_array", "counter")->note, "never stored to");
    assert_string_equal(find(verdict, FINDING_FALSE_POSITIVE, "t_silent", "server.c:flag")->note, "only silent stores");
    assert_string_equal(find(verdict, FINDING_FALSE_POSITIVE, "t_transient", "server.c:scratch")->note, "changed back");
    assert_string_equal(find(verdict, FINDING_FALSE_POSITIVE, "t_client", "struct item.value")->note, "owned by the client");
    assert_int_equal(verdict->counts[FINDING_FALSE_NEGATIVE], 2);
    assert_non_null(find(verdict, FINDING_FALSE_NEGATIVE, "t_create", "server.c:list"));
    assert_non_null(find(verdict, FINDING_FALSE_NEGATIVE, "t_destroy", "server.c:list"));
    oracle_verdict_destroy(verdict);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(truth_is_exact), cmocka_unit_test(places_are_exact), cmocka_unit_test(misses_are_named),
                                       cmocka_unit_test(judge_objects)};
    return cmocka_run_group_tests(tests, make_scene, clean_scene);
}
