/* Outcomes by console and status alone: each rule, and what is no harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "outcome.h"

enum { CLEAN = 0x100 }; /* exit status 1, as waitpid tells it */

static char *const globs[] = {"done: *", "FAIL *", "panic: *"};
static enum outcome_rule kinds[] = {RULE_DONE, RULE_ERROR, RULE_CRASH};
static const struct outcome_rules rules = {.globs = (char **)globs, .kinds = kinds, .count = 3};
static const struct outcome_rules no_rules = {0};

static struct transcript shown(const char *text, int status, bool hung) {
    struct transcript transcript = {0};
    assert_null(transcript_parse(strdup(text), status, hung, &transcript));
    return transcript;
}

/* The outcome of a trial beside two references that differ in a time stamp. */
static enum outcome decide(const struct outcome_rules *by, const char *text, int status, bool hung, char detail[64]) {
    struct transcript references[2] = {shown("boot at 1\r\nok a\nok b  \n\ndone: 2\n", CLEAN, false),
                                       shown("boot at 2\nok b\nok a\ndone: 2\n", CLEAN, false)};
    struct transcript trial = shown(text, status, hung);
    const char *line = NULL;
    enum outcome outcome = outcome_decide(by, references, &trial, &line);
    strcpy(detail, line);
    transcript_deinit(&references[0]);
    transcript_deinit(&references[1]);
    transcript_deinit(&trial);
    return outcome;
}

static void test_what_varies_by_itself_is_no_harm(void **state) {
    char detail[64];
    (void)state;
    assert_int_equal(decide(&rules, "boot at 1\nok a\nok b\ndone: 2\n", CLEAN, false, detail), OUTCOME_UNHARMED);
    assert_int_equal(decide(&rules, "ok b\nok a\ndone: 2\n", CLEAN, false, detail), OUTCOME_UNHARMED); /* the stamp is gone altogether */
    assert_string_equal(detail, "");
}

static void test_each_harm_and_the_line_that_tells_it(void **state) {
    char detail[64];
    (void)state;
    assert_int_equal(decide(&rules, "ok a\npanic: no\n", 0, true, detail), OUTCOME_CRASH); /* a panic that hangs is a crash */
    assert_string_equal(detail, "panic: no");
    assert_int_equal(decide(&rules, "ok a\nok b\n", CLEAN, false, detail), OUTCOME_CRASH); /* ended before the workload did */
    assert_string_equal(detail, "ok b");
    assert_int_equal(decide(&rules, "ok a\nok b\n", 15, true, detail), OUTCOME_HANG);
    assert_int_equal(decide(&rules, "ok a\nFAIL b\ndone: 2\n", CLEAN, false, detail), OUTCOME_ERROR);
    assert_string_equal(detail, "FAIL b");
    assert_int_equal(decide(&rules, "ok a\ndone: 2\n", CLEAN, false, detail), OUTCOME_WRONG); /* a result is missing */
    assert_string_equal(detail, "ok b");
    assert_int_equal(decide(&rules, "ok a\nok b\nok c\ndone: 2\n", CLEAN, false, detail), OUTCOME_WRONG); /* one too many */
    assert_string_equal(detail, "ok c");
    assert_int_equal(decide(&rules, "ok a\nok b\ndone: 2\n", 0, false, detail), OUTCOME_WRONG); /* another exit status */
}

static void test_without_rules_the_last_line_tells_the_end(void **state) {
    char detail[64];
    (void)state;
    assert_int_equal(decide(&no_rules, "ok a\nok b\ndone: 2\n", CLEAN, false, detail), OUTCOME_UNHARMED);
    assert_int_equal(decide(&no_rules, "ok a\nok b\n", CLEAN, false, detail), OUTCOME_CRASH);
    assert_int_equal(decide(&no_rules, "ok a\nFAIL b\ndone: 2\n", CLEAN, false, detail), OUTCOME_WRONG); /* nobody says what FAIL means */
}

static void test_lines_that_are_no_results_do_not_count(void **state) {
    char detail[64];
    char *only[] = {"ok *", "done: *"};
    enum outcome_rule only_kinds[] = {RULE_RESULT, RULE_DONE};
    struct outcome_rules results = {.globs = only, .kinds = only_kinds, .count = 2};
    (void)state;
    assert_int_equal(decide(&results, "slow disk\nok a\nok b\ndone: 2\n", CLEAN, false, detail), OUTCOME_UNHARMED);
    assert_int_equal(decide(&results, "ok a\ndone: 2\n", CLEAN, false, detail), OUTCOME_WRONG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_varies_by_itself_is_no_harm),
        cmocka_unit_test(test_each_harm_and_the_line_that_tells_it),
        cmocka_unit_test(test_without_rules_the_last_line_tells_the_end),
        cmocka_unit_test(test_lines_that_are_no_results_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
