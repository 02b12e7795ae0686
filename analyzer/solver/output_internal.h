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

/* A name that lives as long as the program, and any other words. */
struct word output_name(struct output *output, const char *name);
struct word output_word(struct output *output, const char *words);

/* Writes what a transaction refers to, sorts `ids` for it. `sql` inserts a row of `table`: ?1 = the transaction, ?2 = an id. */
struct error *output_links(struct output *output, enum kept_table table, const char *sql, int64_t transaction, int64_t *ids, uint32_t count);

struct error *output_unknowns(struct output *output, int64_t transaction, const struct modification *modification);

#endif
