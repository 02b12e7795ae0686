/* The trail's file: grows, is sorted, and refuses what is not its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "spillscope/trail.h"

static void expect_error(struct error *error, enum error_code code, const char *part) {
    assert_non_null(error);
    if (error_code_of(error) != code || !strstr(error_message(error), part)) {
        fail_msg("'%s' does not say '%s'", error_message(error), part);
    }
    error_destroy(error);
}

static void write_text(const char *path, const char *text) {
    FILE *file SCOPE_FCLOSE = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
}

static void it_grows_from_run_to_run(void **state) {
    (void)state;
    char path[] = "/tmp/trail-XXXXXX";
    struct trail *first __attribute__((cleanup(scope_trail))) = NULL;
    struct trail *second __attribute__((cleanup(scope_trail))) = NULL;
    size_t count = 0;
    assert_int_equal(close(mkstemp(path)), 0);
    unlink(path);
    assert_null(trail_create(&first));
    assert_null(trail_read(first, path, "abcd")); /* none yet */
    for (int round = 0; round < 3; round++) {
        trail_add(first, &(struct trail_step){0x20, 0x1000, 8});
        trail_add(first, &(struct trail_step){0x10, 0x1000, 8});
        trail_add(first, &(struct trail_step){0, 0xffffffff80000000U, 3});
    }
    assert_null(trail_finish(first));
    assert_null(trail_write(first, path, "abcd"));
    assert_null(trail_create(&second));
    trail_add(second, &(struct trail_step){0x30, 0x900, 1});
    assert_null(trail_read(second, path, "abcd"));
    assert_null(trail_finish(second));
    const struct trail_step *steps = trail_steps(second, &count);
    assert_int_equal(count, 4);
    assert_int_equal(steps[0].pc, 0x900);
    assert_int_equal(steps[1].from, 0x10);
    assert_int_equal(steps[2].from, 0x20);
    assert_true(steps[3].pc == 0xffffffff80000000U && steps[3].bytes == 3);
    expect_error(trail_read(second, path, "ef"), ERROR_MISMATCH, "build-id abcd, not ef");
    unlink(path);
}

static void damaged_files_name_the_line(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *part;
    } CASES[] = {{"", ":1: no trail"},
                 {"spillscope-trail 2 a\n", ":1: no trail"},
                 {"spillscope-trail 1 a\n0 1 2\n0 1\n", ":3: not FROM PC BYTES"},
                 {"spillscope-trail 1 a\n0 1 2 3\n", ":2: not FROM PC BYTES"},
                 {"spillscope-trail 1 a\n0 1 ffffffffff\n", ":2: not FROM PC BYTES"},
                 {"spillscope-trail 1 a\n0 1 2", ":2: not FROM PC BYTES"}};
    char path[] = "/tmp/trail-XXXXXX";
    assert_int_equal(close(mkstemp(path)), 0);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct trail *trail __attribute__((cleanup(scope_trail))) = NULL;
        write_text(path, CASES[i].text);
        assert_null(trail_create(&trail));
        expect_error(trail_read(trail, path, "a"), ERROR_FORMAT, CASES[i].part);
    }
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_grows_from_run_to_run), cmocka_unit_test(damaged_files_name_the_line)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
