/* From a compile database to facts: what is picked, reused, parsed again, and how failures and bad input are named. */
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "../build_options.h"
#include "../compile_database.h"
#include "../json_reader.h"
#include "spillscope/facts.h"
#include "spillscope/facts_cache.h"
#include "spillscope/facts_driver.h"

/* A scratch project: three units, one header. */
struct project {
    char directory[64];
};

static void put_file(const struct project *project, const char *name, const char *content) {
    char *path SCOPE_FREE = NULL;
    assert_true(asprintf(&path, "%s/%s", project->directory, name) > 0);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(content, stream);
    assert_int_equal(fclose(stream), 0);
}

static char *path_in(const struct project *project, const char *name) {
    char *path = NULL;
    assert_true(asprintf(&path, "%s/%s", project->directory, name) > 0);
    return path;
}

static void put_database(const struct project *project) {
    char *json SCOPE_FREE = NULL;
    assert_true(
        asprintf(
            &json,
            "[{\"directory\": \"%s\", \"file\": \"b.c\", \"command\": \"gcc -c -fno-such-gcc-flag -DVALUE=7 -o b.o b.c\"},\n"
            " {\"directory\": \"%s/sub\", \"file\": \"../sub/a.c\", \"arguments\": [\"cc\", \"-I..\", \"-c\", \"-o\", \"a.o\", \"../sub/a.c\"]},\n"
            " {\"directory\": \"%s\", \"file\": \"asm.S\", \"command\": \"gcc -c asm.S\"},\n"
            " {\"directory\": \"%s\", \"file\": \"c.c\", \"command\": \"gcc -c -DOLD -o c.o c.c\"},\n"
            " {\"directory\": \"%s\", \"file\": \"c.c\", \"command\": \"gcc -c -DNEW -o c.o c.c\"}]\n",
            project->directory, project->directory, project->directory, project->directory, project->directory) > 0);
    put_file(project, "compile_commands.json", json);
}

static int set_up(void **state) {
    struct project *project = calloc(1, sizeof(*project));
    strcpy(project->directory, "/tmp/spillscope-driver-XXXXXX");
    assert_non_null(mkdtemp(project->directory));
    char *sub SCOPE_FREE = path_in(project, "sub");
    assert_int_equal(mkdir(sub, 0777), 0);
    put_file(project, "shared.h", "extern int shared;\n");
    put_file(project, "sub/a.c", "#include \"shared.h\"\nint a(void) { return shared++; }\n");
    put_file(project, "b.c", "#include \"shared.h\"\nint shared = VALUE;\n");
    put_file(project, "c.c", "#ifdef NEW\nint c(void) { return 1; }\n#else\n#error old command\n#endif\n");
    put_database(project);
    *state = project;
    unsetenv("SPILLSCOPE_FACTS");
    return 0;
}

static int tear_down(void **state) {
    struct project *project = *state;
    char *command SCOPE_FREE = NULL;
    assert_true(asprintf(&command, "rm -rf '%s'", project->directory) > 0);
    assert_int_equal(system(command), 0);
    free(project);
    return 0;
}

static struct facts_result *collect(const struct project *project, int jobs) {
    struct facts_request request = {.compile_commands = project->directory, .jobs = jobs};
    struct facts_result *result = NULL;
    struct error *error = facts_collect(&request, &result);
    if (error) {
        fail_msg("%s", error_message(error));
    }
    return result;
}

static bool ends_with(const char *text, const char *end) {
    return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

static void test_collect_and_reuse(void **state) {
    struct project *project = *state;
    struct facts_result *first = collect(project, 2);
    assert_int_equal(first->count, 3); /* the assembler file is left out, the later command for c.o overrules */
    assert_int_equal(first->failed_count, 0);
    assert_int_equal(first->reused_count, 0);
    assert_true(ends_with(first->units[0].path, "/b.c") && ends_with(first->units[1].path, "/c.c") && ends_with(first->units[2].path, "/sub/a.c"));
    assert_int_equal(first->units[1].index, 4);
    for (size_t i = 0; i < first->count; i++) {
        struct facts_unit *unit = NULL;
        assert_null(facts_read_file(first->units[i].facts_path, &unit));
        assert_string_equal(unit->main_file, first->units[i].path);
        facts_destroy(unit);
    }

    struct facts_result *second = collect(project, 1);
    assert_int_equal(second->reused_count, 3);
    for (size_t i = 0; i < second->count; i++) {
        assert_true(second->units[i].reused);
        assert_true(second->units[i].digest == first->units[i].digest && first->units[i].digest != 0);
        assert_string_equal(second->units[i].facts_path, first->units[i].facts_path);
    }

    /* A header with other content: its two users are parsed again, the third unit is not. */
    put_file(project, "shared.h", "extern int shared; /* longer */\n");
    struct facts_result *third = collect(project, 1);
    assert_int_equal(third->reused_count, 1);
    assert_true(third->units[1].reused);

    /* Of the same size, written at once: the time stamp alone may not tell. */
    put_file(project, "c.c", "#ifdef NEW\nint d(void) { return 1; }\n#else\n#error old command\n#endif\n");
    struct facts_result *fourth = collect(project, 1);
    assert_int_equal(fourth->reused_count, 2);
    assert_false(fourth->units[1].reused);
    assert_true(fourth->units[1].digest != first->units[1].digest);

    /* Damaged facts are made again. */
    FILE *stream = fopen(fourth->units[0].facts_path, "r+");
    assert_non_null(stream);
    fputs("XXXXXXXXXXXXXXXXXXXXXXXXXXX", stream);
    fclose(stream);
    struct facts_result *fifth = collect(project, 1);
    assert_int_equal(fifth->reused_count, 2);
    assert_true(fifth->units[0].digest == fourth->units[0].digest);
    facts_result_destroy(first);
    facts_result_destroy(second);
    facts_result_destroy(third);
    facts_result_destroy(fourth);
    facts_result_destroy(fifth);
}

static void test_failed_unit_is_named(void **state) {
    struct project *project = *state;
    put_file(project, "c.c", "int fine;\nint broken(void) { return missing + other; }\n");
    struct facts_result *result = collect(project, 2);
    assert_int_equal(result->failed_count, 1);
    assert_true(result->units[1].failed);
    assert_null(result->units[1].facts_path);
    assert_string_equal(result->units[1].message, "c.c:2:27: use of undeclared identifier 'missing'");
    assert_false(result->units[0].failed || result->units[2].failed);
    facts_result_destroy(result);

    char *gone SCOPE_FREE = path_in(project, "b.c");
    unlink(gone);
    result = collect(project, 2);
    assert_int_equal(result->failed_count, 2);
    assert_true(result->units[0].failed);
    assert_non_null(strstr(result->units[0].message, "b.c"));
    assert_non_null(strstr(result->units[0].message, "No such file"));
    facts_result_destroy(result);
}

static struct error *collect_error(const char *compile_commands, const char *path) {
    char *paths[] = {(char *)path};
    struct facts_request request = {.compile_commands = compile_commands, .paths = paths, .path_count = path ? 1 : 0};
    struct facts_result *result = NULL;
    struct error *error = facts_collect(&request, &result);
    assert_non_null(error);
    assert_null(result);
    return error;
}

static void expect_error(const char *compile_commands, const char *path, enum error_code code, const char *what) {
    struct error *error = collect_error(compile_commands, path);
    assert_int_equal(error_code_of(error), code);
    if (!strstr(error_message(error), what)) {
        fail_msg("expected \"%s\" in \"%s\"", what, error_message(error));
    }
    error_destroy(error);
}

static void test_paths_narrow(void **state) {
    struct project *project = *state;
    char *sub SCOPE_FREE = path_in(project, "sub");
    char *with_dots SCOPE_FREE = path_in(project, "sub/../b.c");
    char *paths[] = {sub, with_dots};
    struct facts_request request = {.compile_commands = project->directory, .paths = paths, .path_count = 2};
    struct facts_result *result = NULL;
    assert_null(facts_collect(&request, &result));
    assert_int_equal(result->count, 2);
    assert_true(ends_with(result->units[0].path, "/b.c") && ends_with(result->units[1].path, "/a.c"));
    facts_result_destroy(result);

    char *nowhere SCOPE_FREE = path_in(project, "nowhere");
    expect_error(project->directory, nowhere, ERROR_USAGE, "nowhere: no such file or directory");
    char *header SCOPE_FREE = path_in(project, "shared.h");
    expect_error(project->directory, header, ERROR_USAGE, "shared.h: no C file that");
}

static void test_bad_database(void **state) {
    struct project *project = *state;
    char *file SCOPE_FREE = path_in(project, "compile_commands.json");
    char *sub SCOPE_FREE = path_in(project, "sub");
    expect_error("/nonexistent/build", NULL, ERROR_USAGE, "/nonexistent/build: no such file or directory");
    expect_error(sub, NULL, ERROR_USAGE, "no compile_commands.json there");
    put_file(project, "compile_commands.json", "[]\n");
    expect_error(file, NULL, ERROR_USAGE, "holds no compile commands");
    put_file(project, "compile_commands.json", "");
    expect_error(file, NULL, ERROR_FORMAT, "compile_commands.json:1:1: malformed JSON: expected an array");
    put_file(project, "compile_commands.json", "[{\"file\": \"x.c\",\n  \"command\" \"cc\"}]");
    expect_error(file, NULL, ERROR_FORMAT, "compile_commands.json:2:13: malformed JSON: expected ':'");
    put_file(project, "compile_commands.json", "[{\"file\": \"x.c\"}]");
    expect_error(file, NULL, ERROR_FORMAT, "neither \"command\" nor \"arguments\"");
    put_file(project, "compile_commands.json", "[{\"command\": \"cc x.c\"}]");
    expect_error(file, NULL, ERROR_FORMAT, "without \"file\"");
    put_file(project, "compile_commands.json", "[{\"file\": \"x.S\", \"command\": \"cc x.S\"}]");
    expect_error(file, NULL, ERROR_USAGE, "none of its 1 entries compiles a C file");
    put_file(project, "compile_commands.json", "[{\"file\": \"x.c\", \"command\": \"cc x.c\"}] trailing");
    expect_error(file, NULL, ERROR_FORMAT, "something after the end");
}

/* A stand-in for spillscope-facts that does `what` at entry 4. */
static void put_fake_worker(const struct project *project, const char *what) {
    char *script SCOPE_FREE = NULL;
    assert_true(asprintf(&script,
                         "#!/bin/sh\nwhile read -r entry output; do\n  echo \"start $entry\"\n  if [ \"$entry\" = 4 ]; then %s; fi\n"
                         "  echo facts > \"$output\"\n  echo \"ok $entry\"\ndone < \"$4\"\n",
                         what) > 0);
    put_file(project, "worker.sh", script);
    char *path SCOPE_FREE = path_in(project, "worker.sh");
    assert_int_equal(chmod(path, 0755), 0);
    setenv("SPILLSCOPE_FACTS", path, 1);
}

static void expect_only_c_failed(const struct project *project, unsigned timeout, const char *what) {
    struct facts_request request = {.compile_commands = project->directory, .jobs = 1, .timeout_seconds = timeout};
    struct facts_result *result = NULL;
    struct error *error = facts_collect(&request, &result);
    if (error) {
        fail_msg("%s", error_message(error));
    }
    assert_int_equal(result->count, 3);
    assert_int_equal(result->failed_count, 1);
    assert_true(result->units[1].failed);
    if (!strstr(result->units[1].message, what)) {
        fail_msg("expected \"%s\" in \"%s\"", what, result->units[1].message);
    }
    facts_result_destroy(result);
}

static void test_crash_costs_one_unit(void **state) {
    struct project *project = *state;
    put_fake_worker(project, "kill -SEGV $$");
    expect_only_c_failed(project, 0, "crashed: Segmentation fault");
    put_fake_worker(project, "exit 9");
    expect_only_c_failed(project, 0, "ended early with exit code 9");
}

static void test_hang_costs_one_unit(void **state) {
    struct project *project = *state;
    put_fake_worker(project, "exec sleep 60");
    expect_only_c_failed(project, 1, "longer than 1 seconds");
}

static void test_worker_cannot_start(void **state) {
    struct project *project = *state;
    put_fake_worker(project, ":");
    put_file(project, "worker.sh", "#!/bin/sh\necho 'libclang-cpp.so: cannot open' >&2\nexit 127\n");
    expect_error(project->directory, NULL, ERROR_IO, "exit code 127: libclang-cpp.so: cannot open");
    setenv("SPILLSCOPE_FACTS", "/nonexistent/spillscope-facts", 1);
    expect_error(project->directory, NULL, ERROR_IO, "/nonexistent/spillscope-facts");
}

static void expect_path(const char *base, const char *path, const char *wanted) {
    char *result SCOPE_FREE = path_normalise(base, path);
    assert_string_equal(result, wanted);
}

static void test_path_normalise(void **state) {
    (void)state;
    expect_path("/a/b", "c.c", "/a/b/c.c");
    expect_path("/a/b", "../c.c", "/a/c.c");
    expect_path("/a/b", "/x//./y/../z/", "/x/z");
    expect_path("/a", "../../../..", "/");
    expect_path("/", "...", "/...");
}

static void test_build_options(void **state) {
    (void)state;
    struct text command = {0};
    struct text options = {0};
    char *common = NULL;
    text_append(
        &command,
        "clang -O2 -Iinclude -D ONE -DTWO='a b' -std=c11 -include kconfig.h -DROOT=/home/me \"-DV=\\\"1.2\\\"\" -m64 -UX -Wall -c -o a.o a.c -DONE");
    build_options_append(&options, &command);
    assert_string_equal(text_string(&options), "-DONE\n-UX\n-include kconfig.h\n-m64\n-std=c11\n");
    assert_null(build_options_intersect(&common, text_string(&options)));
    assert_string_equal(common, text_string(&options));
    text_clear(&command);
    text_clear(&options);
    text_append_bytes(&command, "clang\0-D\0ONE\0-DZ\0-m64\0-UXY\0", 27);
    build_options_append(&options, &command);
    assert_string_equal(text_string(&options), "-DONE\n-DZ\n-UXY\n-m64\n");
    assert_null(build_options_intersect(&common, text_string(&options)));
    assert_string_equal(common, "-DONE\n-m64\n");
    assert_null(build_options_intersect(&common, ""));
    assert_string_equal(common, "");
    free(common);
    text_deinit(&command);
    text_deinit(&options);
}

static void put_here(const char *name, const char *content) {
    FILE *stream = fopen(name, "w");
    assert_non_null(stream);
    assert_true(fputs(content, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
}

static void use_at(const char *name, time_t seconds) {
    struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    assert_int_equal(utimensat(AT_FDCWD, name, times, 0), 0);
}

static void test_cache_is_pruned(void **state) {
    (void)state;
    struct facts_cache_usage usage = {0};
    char folder[] = "/tmp/facts-cache-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char here[PATH_MAX];
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(folder), 0);
    put_here("a.facts", "1234567890");
    put_here("b.facts", "1234567890");
    put_here("c.facts", "1234567890");
    put_here("index", "");
    put_here("note", "of somebody else");
    put_here("batch-1-0", "");
    use_at("a.facts", 3000);
    use_at("b.facts", 1000);
    use_at("c.facts", 2000);
    use_at("batch-1-0", 1000);
    assert_null(facts_cache_prune(folder, UINT64_MAX, INT64_MAX, false, &usage));
    assert_true(usage.files == 3 && usage.bytes == 30 && usage.removed == 0);
    assert_int_equal(access("batch-1-0", F_OK), -1);
    facts_cache_use("a.facts");
    assert_null(facts_cache_prune(folder, 0, INT64_MAX, true, &usage)); /* what would go */
    assert_true(usage.files == 0 && usage.removed == 3 && access("a.facts", F_OK) == 0 && access("index", F_OK) == 0);
    assert_null(facts_cache_prune(folder, 15, 2000, false, &usage)); /* c is of this run */
    assert_true(usage.files == 2 && usage.bytes == 20 && usage.removed == 1 && usage.removed_bytes == 10);
    assert_int_equal(access("b.facts", F_OK), -1);
    assert_null(facts_cache_prune(folder, 15, INT64_MAX, false, &usage)); /* a was used last */
    assert_true(usage.files == 1 && access("a.facts", F_OK) == 0);
    assert_null(facts_cache_prune(folder, 0, INT64_MAX, false, &usage));
    assert_true(usage.files == 0 && access("index", F_OK) != 0 && access("note", F_OK) == 0);
    struct error *error = facts_cache_prune("nowhere", 0, INT64_MAX, false, &usage);
    assert_int_equal(error_code_of(error), ERROR_USAGE);
    error_destroy(error);
    unlink("note");
    assert_int_equal(chdir(here), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void expect_json(const char *bytes, const char *wanted_error) {
    struct json_reader reader;
    json_reader_init(&reader, "x", bytes, strlen(bytes));
    json_skip(&reader);
    struct error *error = json_reader_finish(&reader);
    if ((error == NULL) != (wanted_error == NULL) || (error && !strstr(error_message(error), wanted_error))) {
        fail_msg("%s: expected %s, got %s", bytes, wanted_error ? wanted_error : "success", error ? error_message(error) : "success");
    }
    error_destroy(error);
}

static void test_json_reader(void **state) {
    (void)state;
    expect_json("{\"a\": [1, -2.5e3, true, false, null, \"\\u00e4\\ud83d\\ude00\\n\"], \"b\": {}}", NULL);
    expect_json("[1,]", "x:1:4: malformed JSON: comma before");
    expect_json("[1 2]", "expected ',' or ']'");
    expect_json("{1: 2}", "expected a string");
    expect_json("\"\\q\"", "unknown escape");
    expect_json("\"\\ud83d\"", "lone surrogate");
    expect_json("\"\\u0000\"", "NUL");
    expect_json("\"open", "string without an end");
    expect_json("nul", "expected a value");
    expect_json("[1]]", "x:1:4: malformed JSON: something after the end");
    char deep[300];
    memset(deep, '[', sizeof(deep) - 1);
    deep[sizeof(deep) - 1] = '\0';
    expect_json(deep, "nested too deeply");

    struct json_reader reader;
    struct text text = {0};
    json_reader_init(&reader, "x", "\"a\\u00e4\\ud83d\\ude00\\/\"", 23);
    assert_true(json_string(&reader, &text));
    assert_string_equal(text_string(&text), "a\xc3\xa4\xf0\x9f\x98\x80/");
    text_deinit(&text);
    assert_null(json_reader_finish(&reader));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_collect_and_reuse, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failed_unit_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_paths_narrow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_database, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_crash_costs_one_unit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hang_costs_one_unit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_worker_cannot_start, set_up, tear_down),
        cmocka_unit_test(test_path_normalise),
        cmocka_unit_test(test_build_options),
        cmocka_unit_test(test_cache_is_pruned),
        cmocka_unit_test(test_json_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
