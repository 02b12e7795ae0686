#ifndef SPILLSCOPE_CLIENT_H
#define SPILLSCOPE_CLIENT_H
/*
 * For whom a transaction is: an expression of the manifest over the kernel's variables and types, evaluated where the transaction begins.
 *
 *     ROOT { .MEMBER | ->MEMBER | [NUMBER] | [cpu] }
 *
 * ROOT is a parameter of the transaction's function, or a variable; one among the per-CPU variables is the CPU's own. `.` and `->` mean the same: a
 * pointer is followed, a record is not. The value is an integer, an enumerator, a pointer, or a character array.
 */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/image.h"
#include "spillscope/store.h"

enum { CLIENT_STEPS = 16, CLIENT_TEXT = 128, CLIENT_ARGUMENTS = 6 };

enum client_step_kind { CLIENT_OFFSET, CLIENT_FOLLOW, CLIENT_CPU };
struct client_step {
    enum client_step_kind kind;
    uint64_t by; /* bytes to add; CLIENT_CPU: for each CPU */
};

struct client_expression {
    bool present;
    int argument;     /* that it begins with; -1 = a variable */
    uint64_t address; /* of the variable */
    bool per_cpu;
    struct client_step steps[CLIENT_STEPS];
    uint32_t step_count;
    uint32_t type;               /* of the value */
    uint64_t bit_offset;         /* of a bit-field, in its bytes */
    uint64_t bit_size;           /* 0 = none */
    char label[CLIENT_TEXT / 2]; /* what the value is called: the last name of the expression */
    const struct image *image;
    uint64_t offsets; /* per-CPU variables: address of the array of what to add; 0 = none */
};

/* Where per-CPU variables lie, as the manifest's [percpu] says. */
struct client_percpu {
    uint64_t low;
    uint64_t high;
    uint64_t offsets;
};
void client_percpu_load(struct store *store, const struct image *image, struct client_percpu *out_percpu);

/*
 * *out_expression is not present when its root is neither a parameter of the function nor a variable. A member that a type does not have and the
 * like: ERROR_MISMATCH.
 */
struct error *client_parse(const struct image *image, const struct client_percpu *percpu, const struct function *function, const char *text,
                           struct client_expression *out_expression);

/* Where a CPU stands. */
struct client_place {
    uint32_t cpu;
    const uint64_t *arguments; /* CLIENT_ARGUMENTS of them; NULL = not known here */
    bool (*read)(void *context, uint64_t address, void *bytes, size_t count);
    void *context;
};

/* "id 41"; false when it cannot be told: a null pointer on the way, memory that is not there. */
bool client_evaluate(const struct client_expression *expression, const struct client_place *place, char out_text[CLIENT_TEXT]);

#endif
