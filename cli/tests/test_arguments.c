#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "arguments.h"

static const struct verb_option options[] = {
    {"db", 'd', "FILE", "database"},
    {"jobs", 'j', "N", "jobs"},
    {"json", 0, NULL, "print JSON"},
    {NULL, 0, NULL, NULL},
};
static const struct verb demo = {.name = "demo", .options = options, .takes_command = true, .words = 2};

static struct arguments *parse(int argc, char **argv) {
    struct arguments *arguments = NULL;
    bool help = false;
    assert_null(arguments_parse(&demo, argc, argv, NULL, &arguments, &help));
    assert_false(help);
    return arguments;
}

static void test_options_and_command(void **state) {
    (void)state;
    char *argv[] = {"demo", "path", "--db", "a.db", "-j8", "--json", "--db=b.db", "more", "--", "qemu", "--json", NULL};
    struct arguments *arguments = parse(11, argv);
    assert_string_equal(arguments_option(arguments, "db"), "b.db");
    assert_string_equal(arguments_option_at(arguments, "db", 0), "a.db");
    assert_null(arguments_option_at(arguments, "db", 2));
    assert_true(arguments_flag(arguments, "json"));
    long jobs = 0;
    assert_null(arguments_number(arguments, "jobs", 1, 64, 2, &jobs));
    assert_int_equal(jobs, 8);
    assert_int_equal(arguments_count(arguments), 2);
    assert_string_equal(arguments_at(arguments, 1), "more");
    size_t words = 0;
    char *const *command = arguments_command(arguments, &words);
    assert_int_equal(words, 2);
    assert_string_equal(command[1], "--json");
    arguments_destroy(arguments);
}

static void refused(int argc, char **argv, const char *message) {
    struct arguments *arguments = NULL;
    bool help = false;
    struct error *error = arguments_parse(&demo, argc, argv, NULL, &arguments, &help);
    assert_non_null(error);
    assert_string_equal(error_message(error), message);
    error_destroy(error);
}

static void test_mistakes(void **state) {
    (void)state;
    char *misspelt[] = {"demo", "--jsno", NULL};
    refused(2, misspelt, "unknown option --jsno: did you mean --json?");
    char *strange[] = {"demo", "--frobnicate", NULL};
    refused(2, strange, "unknown option --frobnicate: see spillscope help demo");
    char *bare[] = {"demo", "--db", NULL};
    refused(2, bare, "option --db needs a value");
    char *bundle[] = {"demo", "-xyz", "--db", "a", NULL};
    refused(4, bundle, "unknown option -x: see spillscope help demo");
    char *flag[] = {"demo", "--json=yes", NULL};
    refused(2, flag, "option --json takes no value");
    char *third[] = {"demo", "one", "two", "three", NULL};
    refused(4, third, "what is \"three\" here? See spillscope help demo");
    char *database[] = {"demo", "one", "two", "head.db", NULL};
    refused(4, database, "what is \"head.db\" here? A database goes behind its option: see spillscope help demo");
    char *word[] = {"demo", "-j", "many", NULL};
    struct arguments *arguments = parse(3, word);
    long jobs = 7;
    struct error *error = arguments_number(arguments, "jobs", 1, 64, 2, &jobs);
    assert_string_equal(error_message(error), "--jobs takes a whole number from 1 to 64, not \"many\"");
    assert_int_equal(jobs, 7);
    error_destroy(error);
    arguments_destroy(arguments);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_options_and_command), cmocka_unit_test(test_mistakes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
