#ifndef SPILLSCOPE_PROGRAM_H
#define SPILLSCOPE_PROGRAM_H
/* Running another program for what it prints. */
#include "spillscope/error.h"
#include "spillscope/text.h"
#include <stdbool.h>

/*
 * Runs argv[0] (found on PATH), without input, until it ends or `timeout_ms` has passed (then it is killed: ERROR_IO). Appends what
 * it prints on both streams, of which more than 1 MB is dropped. *out_status: exit code, or 128 + signal. ERROR_IO when it cannot be started.
 */
struct error *program_output(char *const *argv, int timeout_ms, struct text *out, int *out_status);

/* Can `name` be run: a path, or the name of a program on PATH? */
bool program_exists(const char *name);

/* "command: PROGRAM ARGUMENT...\n", as a shell would take it. ERROR_USAGE where there is no such program. */
struct error *program_announce(char *const *command, size_t count, struct text *out);

/* PATH/../SUFFIX of the directory of the running program ("/../lib/spillscope/recorder.so"); the caller frees it. */
struct error *program_beside(const char *suffix, char **out_path);

#endif
