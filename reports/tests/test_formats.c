/* What machines read: every JSON format parses, SARIF has the fields that its readers ask for, fingerprints are unique. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "fixture.h"
#include "spillscope/compare.h"
#include "spillscope/explain.h"
#include "spillscope/gate.h"

/* First column of a query over the JSON text ?1. */
static int64_t json_query(struct store *store, const char *json, const char *sql) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    expect_success(store_prepare(store, sql, &query));
    query_bind_text(query, 1, json);
    expect_success(query_step(query, &row));
    assert_true(row);
    return query_int(query, 0);
}

static void gate_text(struct fixture *head, struct fixture *base, const char *format, struct text *out) {
    struct gate *gate __attribute__((cleanup(scope_gate))) = NULL;
    const struct gate_options options = {.today = "2026-01-01"};
    expect_success(gate_run(head->store, base->store, &options, &gate));
    const struct gate_output output = {.format = format, .head_store = head->store, .head_path = "head.db", .base_path = "base.db"};
    text_clear(out);
    expect_success(gate_write(gate, &output, out));
}

static void json_formats_are_json(void **state) {
    (void)state;
    static const char *const formats[] = {"json", "sarif", "sarif-github", "gitlab"};
    struct fixture base;
    struct fixture hostile;
    struct text text = {0};
    fixture_init(&base, (const char *const[]){"empty_meta", NULL});
    fixture_init(&hostile, (const char *const[]){"hostile", NULL});
    for (size_t index = 0; index < sizeof formats / sizeof formats[0]; index++) {
        gate_text(&hostile, &base, formats[index], &text);
        assert_int_equal(json_query(base.store, text_string(&text), "SELECT json_valid(?1)"), 1);
    }
    assert_int_equal(json_query(base.store, text_string(&text), "SELECT count(*) FROM json_each(?1) WHERE value ->> 'check_name' = 'state-spill'"),
                     5);
    assert_int_equal(
        json_query(base.store, text_string(&text), "SELECT count(*) FROM json_each(?1) WHERE value ->> 'check_name' = 'spillscope-incomplete'"), 2);
    text_clear(&text);
    expect_success(explain_write(hostile.store, "img", true, &text));
    assert_int_equal(json_query(base.store, text_string(&text), "SELECT json_array_length(?1, '$.findings')"), 1);
    struct compare *compare = NULL;
    text_clear(&text);
    expect_success(compare_run(base.store, hostile.store, &compare));
    expect_success(compare_write_json(compare, &text));
    assert_int_equal(json_query(base.store, text_string(&text), "SELECT json_array_length(?1, '$.left_out')"), 2);
    compare_destroy(compare);
    text_deinit(&text);
    fixture_deinit(&base);
    fixture_deinit(&hostile);
}

static void gate_json_keeps_its_shape(void **state) {
    (void)state;
    struct fixture base;
    struct fixture head;
    struct text text = {0};
    fixture_init(&base, (const char *const[]){"small", NULL});
    fixture_init(&head, (const char *const[]){"small", "spill_added", "spill_seen", NULL});
    gate_text(&head, &base, "json", &text);
    const char *json = text_string(&text);
    assert_int_equal(json_query(base.store, json, "SELECT json_extract(?1, '$.schema_version')"), 1);
    assert_int_equal(json_query(base.store, json, "SELECT json_extract(?1, '$.verdict') = 'fail'"), 1);
    assert_int_equal(json_query(base.store, json, "SELECT json_array_length(?1, '$.new')"), 1);
    assert_int_equal(json_query(base.store, json, "SELECT json_array_length(?1, '$.resolved')"), 1);
    assert_int_equal(json_query(base.store, json, "SELECT json_array_length(?1, '$.grown') + json_array_length(?1, '$.shrunk')"), 0);
    assert_int_equal(json_query(base.store, json, "SELECT json_extract(?1, '$.suppressed') + json_extract(?1, '$.stale')"), 0);
    assert_int_equal(json_query(base.store, json, "SELECT json_extract(?1, '$.new[0].state') = 'timer.c:watchers[].notify'"), 1);
    assert_int_equal(json_query(base.store, json, "SELECT json_array_length(?1, '$.new[0].witness')"), 3);
    text_deinit(&text);
    fixture_deinit(&base);
    fixture_deinit(&head);
}

static void sarif_has_what_its_readers_ask_for(void **state) {
    (void)state;
    static const char *const wanted[] = {
        "$.runs[0].tool.driver.name",
        "$.runs[0].tool.driver.rules[0].id",
        "$.runs[0].tool.driver.rules[0].shortDescription.text",
        "$.runs[0].tool.driver.rules[0].fullDescription.text",
        "$.runs[0].tool.driver.rules[0].help.text",
        "$.runs[0].results[0].message.text",
        "$.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri",
        "$.runs[0].results[0].locations[0].physicalLocation.region.startLine",
        "$.runs[0].results[0].locations[0].physicalLocation.region.endLine",
        "$.runs[0].results[0].partialFingerprints.primaryLocationLineHash",
        "$.runs[0].results[0].codeFlows[0].threadFlows[0].locations[2].location.physicalLocation.region.startLine",
    };
    struct fixture base;
    struct fixture head;
    struct text full = {0};
    struct text github = {0};
    fixture_init(&base, (const char *const[]){"small", NULL});
    fixture_init(&head, (const char *const[]){"small", "spill_added", "spill_seen", NULL});
    gate_text(&head, &base, "sarif", &full);
    gate_text(&head, &base, "sarif-github", &github);
    for (size_t index = 0; index < sizeof wanted / sizeof wanted[0]; index++) {
        struct text sql = {0};
        text_append_format(&sql, "SELECT json_extract(?1, '%s') IS NOT NULL", wanted[index]);
        assert_int_equal(json_query(base.store, text_string(&full), text_string(&sql)), 1);
        assert_int_equal(json_query(base.store, text_string(&github), text_string(&sql)), 1);
        text_deinit(&sql);
    }
    assert_int_equal(json_query(base.store, text_string(&full), "SELECT json_array_length(?1, '$.runs[0].results')"), 2);
    assert_int_equal(json_query(base.store, text_string(&github), "SELECT json_array_length(?1, '$.runs[0].results')"), 1);
    assert_int_equal(json_query(base.store, text_string(&full), "SELECT json_extract(?1, '$.version') = '2.1.0'"), 1);
    text_deinit(&full);
    text_deinit(&github);
    fixture_deinit(&base);
    fixture_deinit(&head);
}

static void gitlab_fingerprints_are_unique_at_scale(void **state) {
    (void)state;
    struct fixture base;
    struct fixture head;
    struct text text = {0};
    fixture_init(&base, (const char *const[]){"empty_meta", NULL});
    fixture_init(&head, (const char *const[]){"big", "static", NULL});
    gate_text(&head, &base, "gitlab", &text);
    assert_int_equal(json_query(base.store, text_string(&text), "SELECT count(*) FROM json_each(?1) WHERE value ->> 'check_name' = 'state-spill'"),
                     50000);
    assert_int_equal(
        json_query(base.store, text_string(&text), "SELECT count(*) - count(DISTINCT json_extract(value, '$.fingerprint')) FROM json_each(?1)"), 0);
    text_deinit(&text);
    fixture_deinit(&base);
    fixture_deinit(&head);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_formats_are_json),
        cmocka_unit_test(gate_json_keeps_its_shape),
        cmocka_unit_test(sarif_has_what_its_readers_ask_for),
        cmocka_unit_test(gitlab_fingerprints_are_unique_at_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
