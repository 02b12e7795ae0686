#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "spillscope/error.h"
#include "spillscope/state_key.h"
#include "spillscope/text.h"

static void test_error_wrap_keeps_code_and_prefixes(void **state) {
    (void)state;
    errno = ENOENT;
    struct error *error = error_wrap(error_create_errno("cannot open %s", "a.db"), "store");
    assert_string_equal(error_message(error), "store: cannot open a.db: No such file or directory");
    assert_int_equal(error_code_of(error), ERROR_IO);
    assert_int_equal(error_exit_code(error), 2);
    error_destroy(error);
    assert_null(error_wrap(NULL, "nothing"));
    assert_int_equal(error_exit_code(NULL), 0);
}

static void test_error_mismatch_is_incomplete(void **state) {
    (void)state;
    struct error *error = error_create(ERROR_MISMATCH, "build-id %s", "ab");
    assert_int_equal(error_exit_code(error), 3);
    error_destroy(error);
    error_destroy(error_out_of_memory()); /* static: must survive */
    assert_string_equal(error_message(error_out_of_memory()), "out of memory");
}

static void test_text_json_escapes_hostile_bytes(void **state) {
    (void)state;
    struct text text = {0};
    text_append_json_string(&text, "a\"\\\x1b\n\xff\xc3\xa9\xed\xa0\x80");
    assert_string_equal(text_string(&text), "\"a\\\"\\\\\\u001b\\u000a\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    text_deinit(&text);
}

static void test_text_grows(void **state) {
    (void)state;
    struct text text = {0};
    for (int index = 0; index < 1000; index++) {
        text_append_format(&text, "%d,", index);
    }
    char *string = NULL;
    assert_null(text_take(&text, &string));
    assert_int_equal(strlen(string), 10 * 2 + 90 * 3 + 900 * 4);
    assert_int_equal(text.length, 0);
    free(string);
}

static void check_root(const char *key, const char *root) {
    assert_int_equal(state_key_root_length(key), strlen(root));
    assert_memory_equal(key, root, strlen(root));
}

static void test_state_key_root(void **state) {
    (void)state;
    check_root("init_ipc_ns.ids[].in_use", "init_ipc_ns");
    check_root("jiffies", "jiffies");
    check_root("table[]", "table");
    check_root("ipc/msg.c:var.x", "ipc/msg.c:var");
    check_root("ipc/msg.c:function:var[]", "ipc/msg.c:function:var");
    check_root("struct msg_queue.q_perm.deleted", "struct msg_queue");
    check_root("alloc@ipc/msgutil.c:alloc_msg", "alloc@ipc/msgutil.c:alloc_msg");
    check_root("struct <a/b.c:3:5>.x", "struct <a/b.c:3:5>");
    check_root("*", "*");
}

static void test_state_key_overlaps(void **state) {
    (void)state;
    assert_true(state_key_overlaps("a.b", "a.b"));
    assert_true(state_key_overlaps("a.b", "a.b.c"));
    assert_true(state_key_overlaps("a.b[]", "a.b"));
    assert_true(state_key_overlaps("a.*", "a.b[].c"));
    assert_true(state_key_overlaps("a.*", "a"));
    assert_true(state_key_overlaps("*", "x.y"));
    assert_true(state_key_overlaps("struct task.*", "struct task.name[]"));
    assert_false(state_key_overlaps("a.b", "a.bc"));
    assert_false(state_key_overlaps("a.b", "a.c"));
    assert_false(state_key_overlaps("a", "ab"));
    assert_false(state_key_overlaps("a", "a.c:x"));
    assert_false(state_key_overlaps("struct task.*", "struct task_list.next"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_wrap_keeps_code_and_prefixes),
        cmocka_unit_test(test_error_mismatch_is_incomplete),
        cmocka_unit_test(test_text_json_escapes_hostile_bytes),
        cmocka_unit_test(test_text_grows),
        cmocka_unit_test(test_state_key_root),
        cmocka_unit_test(test_state_key_overlaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
