#include "spillscope/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct error {
    enum error_code code;
    char message[]; /* NUL-terminated */
};

static const struct error *out_of_memory(void) {
    static const struct {
        enum error_code code;
        char message[sizeof "out of memory"];
    } instance = {ERROR_MEMORY, "out of memory"};
    return (const struct error *)&instance;
}

struct error *error_out_of_memory(void) {
    return (struct error *)out_of_memory();
}

/* Makes "FIRST" + separator + "SECOND"; either may be empty. */
static struct error *error_join(enum error_code code, const char *first, const char *second) {
    const char *separator = *first && *second ? ": " : "";
    size_t size = strlen(first) + strlen(separator) + strlen(second) + 1;
    struct error *error = malloc(sizeof *error + size);
    if (!error) {
        return error_out_of_memory();
    }
    error->code = code;
    snprintf(error->message, size, "%s%s%s", first, separator, second);
    return error;
}

static struct error *error_format(enum error_code code, const char *suffix, const char *format, va_list arguments) {
    char *text = NULL;
    if (vasprintf(&text, format, arguments) < 0) {
        return error_out_of_memory();
    }
    struct error *error = error_join(code, text, suffix);
    free(text);
    return error;
}

struct error *error_create(enum error_code code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    struct error *error = error_format(code, "", format, arguments);
    va_end(arguments);
    return error;
}

struct error *error_create_errno(const char *format, ...) {
    const char *reason = strerror(errno);
    va_list arguments;
    va_start(arguments, format);
    struct error *error = error_format(ERROR_IO, reason, format, arguments);
    va_end(arguments);
    return error;
}

struct error *error_wrap(struct error *cause, const char *format, ...) {
    if (!cause || cause == error_out_of_memory()) {
        return cause;
    }
    va_list arguments;
    va_start(arguments, format);
    struct error *error = error_format(cause->code, cause->message, format, arguments);
    va_end(arguments);
    error_destroy(cause);
    return error;
}

void error_destroy(struct error *error) {
    if (error != error_out_of_memory()) {
        free(error);
    }
}

enum error_code error_code_of(const struct error *error) {
    return error->code;
}

const char *error_message(const struct error *error) {
    return error->message;
}

int error_exit_code(const struct error *error) {
    if (!error) {
        return 0;
    }
    return error->code == ERROR_MISMATCH || error->code == ERROR_INCOMPLETE ? 3 : 2;
}
