#ifndef SOLVER_OUTPUT_INTERNAL_H
#define SOLVER_OUTPUT_INTERNAL_H
/* How the output_*.c files talk to the store. */
#include "output.h"

/* Each leaves the function with the first error. */
#define PREPARE(output, variable, sql)                                                                                                               \
    struct query *variable __attribute__((cleanup(scope_query))) = NULL;                                                                             \
    do {                                                                                                                                             \
        struct error *prepare_error = store_prepare((output)->store, (sql), &variable);                                                              \
        if (prepare_error) {                                                                                                                         \
            return prepare_error;                                                                                                                    \
        }                                                                                                                                            \
    } while (0)
#define TRY(expression)                                                                                                                              \
    do {                                                                                                                                             \
        struct error *try_error = (expression);                                                                                                      \
        if (try_error) {                                                                                                                             \
            return try_error;                                                                                                                        \
        }                                                                                                                                            \
    } while (0)

#endif
