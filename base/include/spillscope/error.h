#ifndef SPILLSCOPE_ERROR_H
#define SPILLSCOPE_ERROR_H
/*
 * Errors of the tools as values: NULL is success, anything else says what went wrong and where.
 *
 * A function that can fail returns `struct error *`, puts its results last in the parameter list, and leaves them
 * untouched on failure. The caller owns the error it gets: it passes it up, or destroys it. Running out of memory yields a
 * static error that error_destroy ignores, so reporting it cannot fail.
 */
#ifdef __cplusplus
extern "C" {
#endif

/* What kind of failure it is; each maps to one exit code of the command line (error_exit_code). */
enum error_code {
    ERROR_USAGE,       /* the command line, manifest or configuration asks for something impossible: exit 2 */
    ERROR_IO,          /* a file, socket or process failed (full disk, missing file): exit 2 */
    ERROR_FORMAT,      /* malformed input: JSON, ELF, DWARF, facts, packets: exit 2 */
    ERROR_DATABASE,    /* SQLite refused: busy, corrupt, newer schema: exit 2 */
    ERROR_TARGET,      /* the stub or the guest failed: refused, hung, closed, panicked: exit 2 */
    ERROR_MISMATCH,    /* source, ELF, database and running kernel do not belong together: exit 3 */
    ERROR_INCOMPLETE,  /* work finished, but a part of the input failed: exit 3 */
    ERROR_INTERRUPTED, /* Ctrl-C or a time limit of the user: exit 2 */
    ERROR_MEMORY       /* out of memory: exit 2 */
};

struct error;

/* A new error with a printf-style message that names the place. Never NULL. */
__attribute__((format(printf, 2, 3))) struct error *error_create(enum error_code code, const char *format, ...);

/* ERROR_IO with the message, ": " and strerror(errno). */
__attribute__((format(printf, 1, 2))) struct error *error_create_errno(const char *format, ...);

/* Puts "message: " before the text of `cause` and takes `cause` over; NULL stays NULL. */
__attribute__((format(printf, 2, 3))) struct error *error_wrap(struct error *cause, const char *format, ...);

struct error *error_out_of_memory(void);

void error_destroy(struct error *error); /* NULL is fine */

enum error_code error_code_of(const struct error *error);
const char *error_message(const struct error *error); /* owned by the error */

/* 0 for NULL, else 2 or 3 as the codes above say. */
int error_exit_code(const struct error *error);

#ifdef __cplusplus
}
#endif
#endif
