#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "spillscope/scope.h"
#include "spillscope/store.h"
#include "spillscope/text.h"

static char *file_read(const char *path) {
    FILE *stream SCOPE_FCLOSE = fopen(path, "r");
    assert_non_null(stream);
    struct text text = {0};
    char buffer[4096];
    size_t count = 0;
    while ((count = fread(buffer, 1, sizeof buffer, stream)) > 0) {
        text_append_bytes(&text, buffer, count);
    }
    char *string = NULL;
    assert_null(text_take(&text, &string));
    return string;
}

void succeed(struct error *error) {
    if (error) {
        fail_msg("%s", error_message(error));
    }
}

void expect_error(struct error *error, enum error_code code, const char *part) {
    assert_non_null(error);
    if (error_code_of(error) != code || !strstr(error_message(error), part)) {
        fail_msg("'%s' is not of code %d or does not say '%s'", error_message(error), (int)code, part);
    }
    error_destroy(error);
}

/* Line of the guest's source on which a function calls the allocator. */
static int allocation_line(const char *source, const char *function) {
    char start[64];
    snprintf(start, sizeof start, "\nint %s(", function);
    const char *body = strstr(source, start);
    assert_non_null(body);
    const char *call = strstr(body, "heap_get(");
    assert_non_null(call);
    int line = 1;
    for (const char *at = source; at < call; at++) {
        line += *at == '\n';
    }
    return line;
}

/* Line of the guest's source that holds a comment. */
static int marked_line(const char *source, const char *mark) {
    char comment[64];
    snprintf(comment, sizeof comment, "/* %s */", mark);
    const char *place = strstr(source, comment);
    assert_non_null(place);
    int line = 1;
    for (const char *at = source; at < place; at++) {
        line += *at == '\n';
    }
    return line;
}

static char *source_read(const char *name) {
    char *path = NULL;
    assert_true(asprintf(&path, SOURCE_DIRECTORY "/%s", name) > 0);
    char *text = file_read(path);
    free(path);
    return text;
}

/* The caller frees them. */
static char *facts_read(const char *facts_name, const char *source_name) {
    char *facts SCOPE_FREE = source_read(facts_name);
    char *source SCOPE_FREE = source_read(source_name);
    struct text text = {0};
    for (char *at = facts; *at;) {
        size_t plain = strcspn(at, "@");
        text_append_bytes(&text, at, plain);
        at += plain;
        char *end = *at ? strchr(at + 1, '@') : NULL;
        if (end) {
            *end = 0;
            text_append_format(&text, "%d", at[1] == '#' ? marked_line(source, at + 2) : allocation_line(source, at + 1));
            at = end + 1;
        }
    }
    char *sql = NULL;
    assert_null(text_take(&text, &sql));
    return sql;
}

void fixture_database(const char *path, const char *facts, const char *source) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    char *sql SCOPE_FREE = facts_read(facts, source);
    succeed(store_open(path, STORE_CREATE, &store));
    succeed(store_execute(store, sql));
    succeed(store_meta_set(store, "source_root", SOURCE_DIRECTORY));
}

int fixture_make(const char *facts, const char *source, void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    snprintf(fixture->directory, sizeof fixture->directory, "/tmp/probe-test-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    snprintf(fixture->database, sizeof fixture->database, "%s/probe.db", fixture->directory);
    snprintf(fixture->log, sizeof fixture->log, "%s/guest.log", fixture->directory);
    fixture_database(fixture->database, facts, source);
    setenv("SOURCE_DATE_EPOCH", "1000000000", 1);
    setenv("SPILLSCOPE_CAPTURE_PLUGIN", CAPTURE, 1);
    *state = fixture;
    return 0;
}

int fixture_teardown(void **state) {
    struct fixture *fixture = *state;
    char *command = NULL;
    assert_true(asprintf(&command, "rm -rf '%s'", fixture->directory) > 0);
    int status = system(command);
    free(command);
    free(fixture);
    return status;
}

struct probe_request request_for(const struct fixture *fixture, const char *elf, char **words) {
    char *const line[COMMAND_WORDS] = {"qemu-system-x86_64",
                                       "-kernel",
                                       (char *)elf,
                                       "-nographic",
                                       "-no-reboot",
                                       "-device",
                                       "isa-debug-exit,iobase=0xf4,iosize=4",
                                       "-m",
                                       "64M",
                                       "-icount",
                                       "shift=0",
                                       "-net",
                                       "none"};
    memcpy(words, line, sizeof line);
    return (struct probe_request){
        .database = fixture->database, .elf = elf, .command = words, .command_count = COMMAND_WORDS, .timeout_s = 100, .log = fixture->log};
}

char *rows(const char *path, const char *sql, int columns) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct text text = {0};
    bool row = true;
    succeed(store_open(path, STORE_READ, &store));
    succeed(store_prepare(store, sql, &query));
    succeed(query_step(query, &row));
    while (row) {
        for (int i = 0; i < columns; i++) {
            const char *value = query_text(query, i);
            text_append_format(&text, "%s%s", i ? "|" : "", value ? value : "-");
        }
        text_append_char(&text, '\n');
        succeed(query_step(query, &row));
    }
    char *string = NULL;
    succeed(text_take(&text, &string));
    return string;
}

void expect_rows(const char *path, const char *sql, int columns, const char *expected) {
    char *found SCOPE_FREE = rows(path, sql, columns);
    size_t line = 0; /* where the first line that differs begins */
    for (size_t i = 0; found[i] && found[i] == expected[i]; i++) {
        line = found[i] == '\n' ? i + 1 : line;
    }
    if (strcmp(found, expected) != 0) {
        fputs(found, stderr);
        fail_msg("%s: found '%.*s', expected '%.*s'", sql, (int)strcspn(found + line, "\n"), found + line, (int)strcspn(expected + line, "\n"),
                 expected + line);
    }
}
