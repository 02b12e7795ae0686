#ifndef PROBE_TESTS_FIXTURE_H
#define PROBE_TESTS_FIXTURE_H
/* What tests of the probe on small guests share: a database with what the analyzer would have found, QEMU's command, looking at what was stored. */
#include "spillscope/error.h"
#include "spillscope/probe.h"

#define GUEST(name) GUEST_DIRECTORY "/" name ".elf"

enum { COMMAND_WORDS = 13 };

struct fixture {
    char directory[64];
    char database[96];
    char log[96];
};

/* A folder with a database of these facts (SQL in SOURCE_DIRECTORY, which speak of the lines of a source there). */
int fixture_make(const char *facts, const char *source, void **state);
int fixture_teardown(void **state);
/*
 * A new database of the facts. In them "@FUNCTION@" becomes the line on which that function calls the allocator, "@#MARK@" the one that holds the
 * comment MARK.
 */
void fixture_database(const char *path, const char *facts, const char *source);

struct probe_request request_for(const struct fixture *fixture, const char *elf, char **words);

void succeed(struct error *error);
void expect_error(struct error *error, enum error_code code, const char *part);

/* All rows of a query, columns separated by '|', rows by '\n'; the caller frees it. */
char *rows(const char *path, const char *sql, int columns);
void expect_rows(const char *path, const char *sql, int columns, const char *expected);

#endif
